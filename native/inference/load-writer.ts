import type { Llama, LlamaContext, LlamaContextSequence, LlamaModel } from 'node-llama-cpp'
import { AppError } from '#shared/errors.ts'
import type { ModelDescription } from '#shared/gguf/describe-model.ts'
import { BatchTurns } from './batch-turns.ts'
import { chatTemplateOf, type ChatTemplate } from './chat-template.ts'
import type { LoadedModel, LoadRequest } from './contract.ts'
import { EmulatedFillPrompts } from './emulated-fill.ts'
import { TokenFillPrompts, type FillPrompts } from './fill-prompt.ts'
import { Lane } from './lane.ts'
import { Lanes } from './lanes.ts'
import { measureSpeculation } from './measure-speculation.ts'
import { checkAdapter, checkModelFile } from './model-source.ts'
import { Predictor, type Guesser } from './speculation.ts'

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
  facts: Pick<LoadedModel, 'canChat' | 'canFill' | 'fillMode' | 'speculation'>
}

/** What a model that writes needs; the stack frees it. */
export async function loadWriter(llama: Llama, model: LlamaModel, description: ModelDescription, request: LoadRequest, threads: number, stack: AsyncDisposableStack, signal: AbortSignal): Promise<WriterParts> {
  for (const { path } of request.loras) await checkAdapter(path, request.modelId, description.architecture)
  const template = chatTemplateOf(model, description, request)
  const canFill = description.fill !== null || template !== null
  const chatLaneCount = request.sequences
  const fillLaneNumber = canFill ? chatLaneCount + 1 : null
  const turns = new BatchTurns(fillLaneNumber)
  const batchSize = Math.max(request.batchTokens ?? defaultBatch, chatLaneCount + 1)
  const context = stack.use(await createContext(model, description, request, threads, turns, chatLaneCount + (canFill ? 1 : 0), batchSize, signal))
  const drafts = await draftSequences(llama, model, request, context, threads, stack, signal)
  const place = llama.gpu ? 'gpu' : 'cpu'
  const common = { turns, batchSize, repeatableStep: Math.min(repeatableStep[place], batchSize) }
  const predictors: Predictor[] = []
  const chat = Array.from({ length: chatLaneCount }, (_, index) => {
    const predictor = request.speculation === 'off' ? null : new Predictor(drafts[index] ?? null)
    if (predictor) predictors.push(predictor)
    return new Lane({ ...common, number: index + 1, isFill: false, predictor, sequence: context.getSequence(predictor ? { tokenPredictor: predictor } : {}) })
  })
  const guesser = await chooseGuesser(request, model, chat[0], predictors, drafts.length > 0, signal)
  const prompts = fillPromptsOf(model, description, template, request, Math.min(fillRoom[place], Math.floor(context.contextSize * 0.875)))
  const fillLane = fillLaneNumber === null ? null : new Lane({ ...common, number: fillLaneNumber, isFill: true, predictor: null, sequence: context.getSequence() })
  return {
    contextTokens: context.contextSize,
    chatLanes: new Lanes(chat),
    template,
    fill: fillLane && prompts && { lanes: new Lanes([fillLane]), prompts },
    facts: {
      canChat: template !== null,
      canFill,
      fillMode: description.fill ? 'tokens' : canFill ? 'emulated' : null,
      speculation: guesser ?? 'off',
    },
  }
}

function fillPromptsOf(model: LlamaModel, description: ModelDescription, template: ChatTemplate | null, request: LoadRequest, room: number): FillPrompts | null {
  if (description.fill) return new TokenFillPrompts(model, description.fill, room, request.fillOrder)
  return template && new EmulatedFillPrompts(model, template, room)
}

function createContext(model: LlamaModel, description: ModelDescription, request: LoadRequest, threads: number, turns: BatchTurns, sequences: number, batchSize: number, createSignal: AbortSignal): Promise<LlamaContext> {
  const { kvCacheType, loras } = request
  const cacheType = kvCacheType === 'f16' ? undefined : kvCacheType === 'q8_0' ? 'Q8_0' : 'Q4_0'
  return model.createContext({
    sequences,
    contextSize: request.contextTokens ?? { max: Math.min(description.contextLength, largestContext) },
    batchSize,
    threads,
    createSignal,
    // A prefix can then be reused wherever the model looks at a sliding window only.
    swaFullCache: true,
    batching: { dispatchSchedule: turns.schedule, itemPrioritizationStrategy: turns.prioritize },
    // llama.cpp reads a quantized cache of values only through flash attention.
    ...(cacheType && { experimentalKvCacheKeyType: cacheType, experimentalKvCacheValueType: cacheType, flashAttention: true }),
    ...(loras.length > 0 && { lora: { adapters: loras.map(({ path, scale }) => ({ filePath: path, scale })) } }),
  })
}

/** A sequence of the draft model for each chat lane; none where no draft model is wanted. Throws as loading a model does. */
async function draftSequences(llama: Llama, model: LlamaModel, request: LoadRequest, context: LlamaContext, threads: number, stack: AsyncDisposableStack, signal: AbortSignal): Promise<LlamaContextSequence[]> {
  const { draftPath, speculation, sequences } = request
  if (speculation !== 'draft' && (speculation !== 'auto' || draftPath === null)) return []
  if (draftPath === null) throw new AppError('MODEL_LOAD_FAILED', { id: request.modelId, reason: 'No draft model was given.' })
  await checkModelFile(draftPath)
  const draft = stack.use(await llama.loadModel({ modelPath: draftPath, loadSignal: signal, ...(request.gpuLayers === 0 && { gpuLayers: 0 }) }))
  if (!isSameVocabulary(model, draft)) throw new AppError('MODEL_LOAD_FAILED', { id: request.modelId, reason: 'The draft model has another vocabulary.' })
  const draftContext = stack.use(await draft.createContext({ sequences, contextSize: context.contextSize, threads, createSignal: signal, swaFullCache: true }))
  return Array.from({ length: sequences }, () => draftContext.getSequence())
}

/** The library tells of a difference only in the middle of an answer. */
function isSameVocabulary(model: LlamaModel, draft: LlamaModel): boolean {
  const [ours, theirs] = [model.fileInfo.metadata.tokenizer?.ggml.tokens, draft.fileInfo.metadata.tokenizer?.ggml.tokens]
  if (!ours || !theirs || model.vocabularyType !== draft.vocabularyType || model.tokens.eos !== draft.tokens.eos || model.tokens.bos !== draft.tokens.bos) return false
  return ours.length === theirs.length && ours.every((piece, index) => piece === theirs[index])
}

async function chooseGuesser({ speculation }: LoadRequest, model: LlamaModel, lane: Lane | undefined, predictors: readonly Predictor[], hasDraft: boolean, signal: AbortSignal): Promise<Guesser | null> {
  const choose = (guesser: Guesser | null): Guesser | null => {
    for (const predictor of predictors) predictor.choose(guesser)
    return guesser
  }
  if (speculation === 'off' || !lane) return null
  if (speculation !== 'auto') return choose(speculation)
  return choose(await measureSpeculation(model, lane, hasDraft ? ['draft', 'lookup'] : ['lookup'], guesser => void choose(guesser), signal))
}
