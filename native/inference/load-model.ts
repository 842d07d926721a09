import { stat } from 'node:fs/promises'
import { availableParallelism, freemem } from 'node:os'
import { InsufficientMemoryError, type LlamaContext, type LlamaModel } from 'node-llama-cpp'
import { AppError } from '#shared/errors.ts'
import type { ModelDescription } from '#shared/gguf/describe-model.ts'
import { BatchTurns } from './batch-turns.ts'
import { chatTemplateOf } from './chat-template.ts'
import type { LoadEvent, LoadRequest } from './contract.ts'
import { EventQueue } from './event-queue.ts'
import { FillPrompts } from './fill-prompt.ts'
import { Lane } from './lane.ts'
import type { LlamaRuntime } from './llama-runtime.ts'
import { embeddingSpeed, fastest, measureThreads, threadCounts, writingSpeed } from './measure-threads.ts'
import { loadVectors } from './load-vectors.ts'
import { ModelInstance } from './model-instance.ts'
import { checkModelFile } from './model-source.ts'

const largestContext = 8192
const batchSize = 512
/** Ghost text is wanted within a moment: a longer prompt than this is read too slowly without a graphics card. */
const fillRoom = { cpu: 1024, gpu: 4096 }

/** Loads a model, telling how far it is. Throws MODEL_FILE_INVALID, MODEL_UNSUPPORTED, MODEL_OUT_OF_MEMORY, MODEL_LOAD_FAILED. */
export async function* loadModel(runtime: LlamaRuntime, request: LoadRequest, signal: AbortSignal | undefined): AsyncGenerator<LoadEvent, ModelInstance, void> {
  const left = new AbortController()
  const all = signal ? AbortSignal.any([signal, left.signal]) : left.signal
  const events = new EventQueue<LoadEvent>()
  let told = 0
  const tell = (ratio: number): void => {
    if (ratio - told < 0.02) return
    told = ratio
    events.push({ type: 'load-progress', ratio })
  }
  const loading = load(runtime, request, tell, all)
  loading.then(() => events.end(), (error: unknown) => events.fail(error))
  let isTaken = false
  try {
    yield* events.read()
    isTaken = true
    return await loading
  } finally {
    if (!isTaken) {
      left.abort()
      await loading.then(model => model.dispose(), () => undefined)
    }
  }
}

async function load(runtime: LlamaRuntime, request: LoadRequest, onProgress: (ratio: number) => void, signal: AbortSignal): Promise<ModelInstance> {
  const description = await checkModelFile(request.path)
  onProgress(0.02)
  try {
    return await loadChecked(runtime, request, description, onProgress, signal)
  } catch (cause) {
    signal.throwIfAborted()
    throw await loadError(runtime, request, cause)
  }
}

async function loadChecked(runtime: LlamaRuntime, request: LoadRequest, description: ModelDescription, onProgress: (ratio: number) => void, signal: AbortSignal): Promise<ModelInstance> {
  await using stack = new AsyncDisposableStack()
  const llama = await runtime.start(request.device)
  onProgress(0.1)
  const llamaModel = stack.use(await llama.loadModel({ modelPath: request.path, loadSignal: signal, onLoadProgress: ratio => onProgress(0.1 + ratio * 0.7) }))
  const { threads, speeds } = await chooseThreads(llamaModel, description, request.threads, signal)
  onProgress(0.9)
  const closing = new AbortController()
  const facts = {
    threads,
    device: llama.gpu || 'cpu',
    gpuLayers: llamaModel.gpuLayers,
    measuredThreads: Object.fromEntries([...speeds].map(([count, speed]) => [String(count), Math.round(speed)])),
  }
  const common = { modelId: request.modelId, llamaModel, closing }
  if (description.use !== 'generate') {
    const { contextTokens, embedder, ranker } = await loadVectors(llamaModel, description, request, threads, stack, signal)
    const can = { canChat: false, canFill: false, fillMode: null, canEmbed: embedder !== null, canRerank: ranker !== null }
    const resources = stack.move()
    const free = () => resources.disposeAsync()
    return new ModelInstance({ ...common, chatLane: null, template: null, fill: null, embedder, ranker, free, facts: { ...facts, ...can, contextTokens, dimensions: description.dimensions, sequences: 1 } })
  }
  const turns = new BatchTurns()
  const context = stack.use(await createContext(llamaModel, description, request, threads, turns, signal))
  const template = chatTemplateOf(llamaModel, description)
  const chatLane = new Lane('chat', context.getSequence(), turns, batchSize)
  const fillLane = description.fill && new Lane('fill', context.getSequence(), turns, batchSize)
  const room = Math.min(llama.gpu ? fillRoom.gpu : fillRoom.cpu, Math.floor(context.contextSize * 0.875))
  const resources = stack.move()
  return new ModelInstance({
    ...common,
    chatLane,
    template,
    fill: fillLane && description.fill ? { lane: fillLane, prompts: new FillPrompts(llamaModel, description.fill, room) } : null,
    embedder: null,
    ranker: null,
    free: () => resources.disposeAsync(),
    facts: {
      ...facts,
      contextTokens: context.contextSize,
      canChat: template !== null,
      canFill: fillLane !== null,
      fillMode: fillLane === null ? null : 'tokens',
      canEmbed: false,
      canRerank: false,
      dimensions: null,
      sequences: 1,
    },
  })
}

async function chooseThreads(model: LlamaModel, { use }: ModelDescription, wanted: number | null, signal: AbortSignal): Promise<{ threads: number; speeds: Map<number, number> }> {
  const cores = availableParallelism()
  if (wanted !== null) return { threads: Math.min(wanted, cores), speeds: new Map() }
  if (model.llama.gpu) return { threads: Math.min(model.llama.cpuMathCores, cores), speeds: new Map() }
  const speeds = await measureThreads(model, threadCounts(cores), use === 'generate' ? writingSpeed : embeddingSpeed, signal)
  return { threads: fastest(speeds), speeds }
}

function createContext(model: LlamaModel, description: ModelDescription, request: LoadRequest, threads: number, turns: BatchTurns, signal: AbortSignal): Promise<LlamaContext> {
  return model.createContext({
    sequences: description.fill ? 2 : 1,
    contextSize: request.contextTokens ?? { max: Math.min(description.contextLength, largestContext) },
    batchSize,
    threads,
    createSignal: signal,
    // A prefix can then be reused wherever the model looks at a sliding window only.
    swaFullCache: true,
    batching: { dispatchSchedule: turns.schedule, itemPrioritizationStrategy: turns.prioritize },
  })
}

async function loadError(runtime: LlamaRuntime, request: LoadRequest, cause: unknown): Promise<AppError> {
  if (cause instanceof AppError) return cause
  const id = request.modelId
  if (cause instanceof InsufficientMemoryError) {
    const { size } = await stat(request.path)
    return new AppError('MODEL_OUT_OF_MEMORY', { id, neededBytes: size, freeBytes: freemem() }, { cause })
  }
  const said = (await runtime.complaint()) ?? (cause instanceof Error ? cause.message : String(cause))
  return new AppError('MODEL_LOAD_FAILED', { id, reason: said.replaceAll(request.path, 'the file').slice(0, 300) }, { cause })
}
