import { stat } from 'node:fs/promises'
import { availableParallelism, freemem } from 'node:os'
import { InsufficientMemoryError, type Llama, type LlamaModel } from 'node-llama-cpp'
import { AppError } from '#shared/errors.ts'
import type { ModelDescription } from '#shared/gguf/describe-model.ts'
import type { LoadEvent, LoadRequest } from './contract.ts'
import { EventQueue } from './event-queue.ts'
import type { LlamaRuntime } from './llama-runtime.ts'
import { embeddingSpeed, fastest, measureThreads, threadCounts, writingSpeed } from './measure-threads.ts'
import { loadVectors } from './load-vectors.ts'
import { loadWriter } from './load-writer.ts'
import { ModelInstance } from './model-instance.ts'
import { checkModelFile } from './model-source.ts'
import { PromptStates } from './prompt-state.ts'

/** Loads a model, telling how far it is. Throws MODEL_FILE_INVALID, MODEL_UNSUPPORTED, MODEL_OUT_OF_MEMORY, MODEL_LOAD_FAILED, MODEL_OPTION_INVALID. */
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
  // llama.cpp starts a process to see what works here, and the header is read meanwhile. What is wrong with the file is told first.
  const checking = checkModelFile(request.path)
  const [checked, started] = await Promise.allSettled([checking, runtime.start(request.device), checking.then(() => onProgress(0.02))])
  if (checked.status === 'rejected') throw checked.reason
  onProgress(0.1)
  try {
    if (started.status === 'rejected') throw started.reason
    return await loadChecked(started.value, request, checked.value, onProgress, signal)
  } catch (cause) {
    signal.throwIfAborted()
    throw await loadError(runtime, request, cause)
  }
}

async function loadChecked(llama: Llama, request: LoadRequest, description: ModelDescription, onProgress: (ratio: number) => void, signal: AbortSignal): Promise<ModelInstance> {
  await using stack = new AsyncDisposableStack()
  const llamaModel = stack.use(await llama.loadModel({ modelPath: request.path, loadSignal: signal, ...(request.gpuLayers !== null && { gpuLayers: request.gpuLayers }), onLoadProgress: ratio => onProgress(0.1 + ratio * 0.7) }))
  const { threads, speeds } = await chooseThreads(llamaModel, description, request.threads, signal)
  onProgress(0.9)
  const closing = new AbortController()
  const facts = {
    threads,
    device: llama.gpu || 'cpu',
    gpuLayers: llamaModel.gpuLayers,
    measuredThreads: Object.fromEntries([...speeds].map(([count, speed]) => [String(count), Math.round(speed)])),
  }
  const isWriter = description.use === 'generate'
  const writer = isWriter ? await loadWriter(llama, llamaModel, description, request, threads, stack, signal) : null
  const vectors = isWriter ? null : await loadVectors(llamaModel, description, request, threads, stack, signal)
  const states = writer && (await PromptStates.of(writer.chatLanes, request, facts.device))
  const resources = stack.move()
  return new ModelInstance({
    modelId: request.modelId,
    llamaModel,
    closing,
    chatLanes: writer?.chatLanes ?? null,
    template: writer?.template ?? null,
    fill: writer?.fill ?? null,
    states,
    trial: writer?.trial ?? null,
    embedder: vectors?.embedder ?? null,
    ranker: vectors?.ranker ?? null,
    free: () => resources.disposeAsync(),
    facts: {
      ...facts,
      ...(writer?.facts ?? { canChat: false, canFill: false, fillMode: null }),
      contextTokens: writer?.contextTokens ?? vectors?.contextTokens ?? 0,
      canEmbed: vectors !== null && vectors.embedder !== null,
      canRerank: vectors !== null && vectors.ranker !== null,
      dimensions: description.dimensions,
      sequences: isWriter ? request.sequences : 1,
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
