import type { Llama, LlamaContext, LlamaModel } from 'node-llama-cpp'
import { AppError } from '#shared/errors.ts'
import type { ModelDescription } from '#shared/gguf/describe-model.ts'
import { chatTemplateOf, type ChatTemplate } from './chat-template.ts'
import type { LoadedModel, LoadRequest } from './contract.ts'
import { EmulatedFillPrompts } from './emulated-fill.ts'
import { TokenFillPrompts, type FillPrompts } from './fill-prompt.ts'
import { Lane } from './lane.ts'
import { Lanes } from './lanes.ts'
import { checkAdapter, checkModelFile } from './model-source.ts'
import { DraftGuesser, lookup, type GuesserName } from './speculation.ts'
import { SpeculationTrial } from './speculation-trial.ts'
import { TokenLoop } from './token-loop.ts'

const largestContext = 8192
const defaultBatch = 512
/** Ghost text is wanted within a moment: a longer prompt than this is read too slowly without a graphics card. */
const fillRoom = { cpu: 1024, gpu: 4096 }
/** Few enough for a prompt cancel on a slow processor; a graphics card wants more at once. */
const repeatableStep = { cpu: 64, gpu: 512 }

interface WriterParts {
  contextTokens: number
  chatLanes: Lanes
  template: ChatTemplate | null
  fill: { lanes: Lanes; prompts: FillPrompts } | null
  /** Null where nobody wants to know what is faster. */
  trial: SpeculationTrial | null
  facts: Pick<LoadedModel, 'canChat' | 'canFill' | 'fillMode' | 'speculation' | 'canMeasureSpeculation'>
}

/** What a model that writes needs; the stack frees it. */
export async function loadWriter(llama: Llama, model: LlamaModel, description: ModelDescription, request: LoadRequest, threads: number, stack: AsyncDisposableStack, signal: AbortSignal): Promise<WriterParts> {
  for (const { path } of request.loras) await checkAdapter(path, request.modelId, description.architecture)
  const hasTemplate = description.chatTemplate !== null || description.hasChatMl || request.chatTemplate !== null
  // Whether the template works is known below; a sequence too many costs only memory.
  const sequences = request.sequences + (description.fill !== null || hasTemplate ? 1 : 0)
  const batchSize = Math.max(request.batchTokens ?? defaultBatch, sequences)
  const contextTokens = request.contextTokens ?? { max: Math.min(description.contextLength, largestContext) }
  const creating = createContext(model, request, { contextTokens, batchTokens: batchSize, threads, sequences }, signal)
  // It is made on another thread while this one looks at the template.
  const [created, understood] = await Promise.allSettled([creating, new Promise<ChatTemplate | null>(resolve => resolve(chatTemplateOf(model, description, request)))])
  const context = stack.use(valueOf(created))
  const template = valueOf(understood)
  const loop = stack.use(new TokenLoop(context))
  const draft = await loadDraft(llama, model, request, stack, signal)
  const drafts = draft ? await draftLanes(draft, request, context, threads, stack, signal) : []
  const place = llama.gpu ? 'gpu' : 'cpu'
  const common = { loop, repeatableStep: Math.min(repeatableStep[place], batchSize) }
  const chat = Array.from({ length: request.sequences }, (_, index) => {
    const draftLane = drafts[index]
    const sequence = context.getSequence()
    // A running state cannot go back behind a wrong guess.
    const guessers = sequence.needsCheckpoints ? {} : { lookup, ...(draftLane && { draft: new DraftGuesser(draftLane) }) }
    return new Lane({ ...common, isFill: false, guessers, sequence })
  })
  const choose = (way: GuesserName | 'off'): void => chat.forEach(lane => lane.choose(way === 'off' ? null : way))
  const canGuess = chat.some(lane => lane.canGuess)
  const way = request.speculation === 'auto' || !canGuess ? 'off' : request.speculation
  choose(way)
  const createTrial = (of: LlamaModel, size: { contextTokens: number; batchTokens: number }, createSignal: AbortSignal) => createContext(of, of === model ? request : { kvCacheType: 'f16', loras: [] }, { ...size, threads, sequences: 1 }, createSignal)
  // Freed first, so that the model outlives a trial under way.
  const trial = request.speculation === 'auto' && canGuess ? stack.use(new SpeculationTrial({ model, draft, createContext: createTrial, onEnd: choose })) : null
  const canFill = description.fill !== null || template !== null
  const prompts = fillPromptsOf(model, description, template, request, Math.min(fillRoom[place], Math.floor(context.contextSize * 0.875)))
  const fillLane = canFill ? new Lane({ ...common, isFill: true, sequence: context.getSequence() }) : null
  return {
    contextTokens: context.contextSize,
    chatLanes: new Lanes(chat),
    template,
    fill: fillLane && prompts && { lanes: new Lanes([fillLane]), prompts },
    trial,
    facts: {
      canChat: template !== null,
      canFill,
      fillMode: description.fill ? 'tokens' : canFill ? 'emulated' : null,
      speculation: way,
      canMeasureSpeculation: trial !== null,
    },
  }
}

function fillPromptsOf(model: LlamaModel, description: ModelDescription, template: ChatTemplate | null, request: LoadRequest, room: number): FillPrompts | null {
  if (description.fill) return new TokenFillPrompts(model, description.fill, room, request.fillOrder)
  return template && new EmulatedFillPrompts(model, template, room)
}

interface ContextShape {
  contextTokens: number | { max: number }
  batchTokens: number
  threads: number
  sequences: number
}

function createContext(model: LlamaModel, { kvCacheType, loras }: Pick<LoadRequest, 'kvCacheType' | 'loras'>, { contextTokens, batchTokens, threads, sequences }: ContextShape, createSignal: AbortSignal): Promise<LlamaContext> {
  const cacheType = kvCacheType === 'f16' ? undefined : kvCacheType === 'q8_0' ? 'Q8_0' : 'Q4_0'
  return model.createContext({
    sequences,
    contextSize: contextTokens,
    batchSize: batchTokens,
    threads,
    createSignal,
    // A prefix can then be reused wherever the model looks at a sliding window only.
    swaFullCache: true,
    // llama.cpp reads a quantized cache of values only through flash attention.
    ...(cacheType && { experimentalKvCacheKeyType: cacheType, experimentalKvCacheValueType: cacheType, flashAttention: true }),
    ...(loras.length > 0 && { lora: { adapters: loras.map(({ path, scale }) => ({ filePath: path, scale })) } }),
  })
}

/** The model that drafts; null where none is wanted. Throws as loading a model does. */
async function loadDraft(llama: Llama, model: LlamaModel, request: LoadRequest, stack: AsyncDisposableStack, signal: AbortSignal): Promise<LlamaModel | null> {
  const { draftPath, speculation } = request
  if (speculation !== 'draft' && (speculation !== 'auto' || draftPath === null)) return null
  if (draftPath === null) throw new AppError('MODEL_LOAD_FAILED', { id: request.modelId, reason: 'No draft model was given.' })
  await checkModelFile(draftPath)
  const draft = stack.use(await llama.loadModel({ modelPath: draftPath, loadSignal: signal, ...(request.gpuLayers === 0 && { gpuLayers: 0 }) }))
  if (!isSameVocabulary(model, draft)) throw new AppError('MODEL_OPTION_INVALID', { id: request.modelId, option: 'draft', reason: 'The draft model has another vocabulary' })
  return draft
}

/** A lane of the draft model for each of the chat. */
async function draftLanes(draft: LlamaModel, { sequences }: LoadRequest, context: LlamaContext, threads: number, stack: AsyncDisposableStack, signal: AbortSignal): Promise<Lane[]> {
  const draftContext = stack.use(await draft.createContext({ sequences, contextSize: context.contextSize, threads, createSignal: signal, swaFullCache: true }))
  const loop = stack.use(new TokenLoop(draftContext))
  return Array.from({ length: sequences }, () => new Lane({ loop, sequence: draftContext.getSequence(), isFill: false, repeatableStep: repeatableStep.cpu }))
}

/** The library tells of a difference only in the middle of an answer. */
function isSameVocabulary(model: LlamaModel, draft: LlamaModel): boolean {
  const [ours, theirs] = [model.fileInfo.metadata.tokenizer?.ggml.tokens, draft.fileInfo.metadata.tokenizer?.ggml.tokens]
  if (!ours || !theirs || model.vocabularyType !== draft.vocabularyType || model.tokens.eos !== draft.tokens.eos || model.tokens.bos !== draft.tokens.bos) return false
  return ours.length === theirs.length && ours.every((piece, index) => piece === theirs[index])
}

function valueOf<T>(result: PromiseSettledResult<T>): T {
  if (result.status === 'rejected') throw result.reason
  return result.value
}
