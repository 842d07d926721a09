import type { ContractRouterClient } from '@orpc/contract'
import type { EngineActivity, EngineState, Model } from '#shared/contract/models.ts'
import { AppError, isAppError } from '#shared/errors.ts'
import type { Settings } from '#shared/setting-definitions.ts'
import { pathsOfModel } from '#shared/gguf/model-files.ts'
import type { ChatTurn, Embedding, FillRequest, FillResult, GenerateEvent, GenerateRequest, inference, LoadedModel, Tool } from '../../../native/inference/contract.ts'
import type { Audit } from '../../platform/audit/audit.ts'
import { recordIfPossible } from '../../platform/audit/record-if-possible.ts'
import { Listeners } from '../../platform/live/listeners.ts'
import type { Log } from '../../platform/log/log.ts'
import { describeFault } from '../../platform/log/log-faults.ts'
import type { Enforced } from '../../platform/workers/confinement.ts'
import type { WorkerCrash, WorkerState } from '../../platform/workers/supervised-worker.ts'
import { Activity } from './engine-activity.ts'
import type { EngineThreads } from './engine-threads.ts'
import type { Engine, EngineModel } from './engine.ts'
import { ModelLoad } from './model-load.ts'

export type EngineSettings = Pick<Settings, 'model.contextTokens' | 'model.threads' | 'model.device'>

interface Dependencies {
  worker: {
    client: ContractRouterClient<typeof inference>
    readonly state: WorkerState
    onCrash(listener: (crash: WorkerCrash) => void): () => void
    onRestart(listener: () => void): () => void
    restart(): Promise<void>
    stop(): Promise<void>
    process(): Promise<{ enforced: Enforced } | null>
  }
  settings: () => Promise<EngineSettings>
  /** The model to load when somebody asks and none is loaded. */
  chooseModel: () => Promise<Model>
  threads: EngineThreads
  audit: Audit
  log: Log
}

/** The model that answers: loads it, loads it again after a crash, and says how it is. */
export class EngineService implements Engine {
  readonly #dependencies: Dependencies
  readonly #changes = new Listeners<EngineState>()
  readonly activity = new Activity()
  readonly #stops: (() => void)[]
  #state: EngineState = { status: 'empty' }
  #model: Model | null = null
  #load: ModelLoad | null = null
  #facts: LoadedModel | null = null
  /** Wakes those who wait for the state to change. */
  #changed = Promise.withResolvers<void>()

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
    const { worker } = dependencies
    this.#stops = [worker.onCrash(crash => this.#onCrash(crash)), worker.onRestart(() => this.#onRestart())]
  }

  get state(): EngineState {
    return this.#state
  }

  /** The model of the present state; null when empty. */
  get model(): Model | null {
    return this.#model
  }

  onChange(listener: (state: EngineState) => void): () => void {
    return this.#changes.add(listener)
  }

  onActivity(listener: (activity: EngineActivity) => void): () => void {
    return this.activity.onChange(listener)
  }

  /** Loads a model in place of the one loaded; a load under way is given up. Throws the error that the state then tells too. */
  async load(model: Model): Promise<EngineState> {
    const { worker } = this.#dependencies
    this.#load?.cancel()
    // The end of its process must not be told as a failure of the new one.
    this.#load = null
    if (worker.state.status === 'unavailable') {
      this.#model = model
      await worker.restart()
    }
    await this.#makeReadable(model)
    await this.#run(model, false)
    return this.#state
  }

  /** Absolute paths of the files that the model's process has to read. */
  reads(): string[] {
    return this.#model ? pathsOfModel(this.#model.path) : []
  }

  async unload(): Promise<void> {
    this.#load?.cancel()
    this.#load = null
    if (this.#model) recordIfPossible(this.#dependencies.audit, { kind: 'model.unload', actor: 'models', outcome: 'done', subject: this.#model.name, details: { id: this.#model.id } })
    this.#model = null
    this.#set({ status: 'empty' })
    if (this.#dependencies.worker.state.status === 'running') await this.#dependencies.worker.client.unload()
  }

  async ready(signal?: AbortSignal): Promise<EngineModel> {
    for (;;) {
      signal?.throwIfAborted()
      const state = this.#state
      const model = this.#model
      if (state.status === 'ready' && model) {
        const { modelId: id, contextTokens, canChat, canFill } = state
        // The worker is a process that this host started.
        const { canEmbed = false, canRerank = false } = this.#facts ?? {}
        return { id, name: model.name, contextTokens, canChat, canFill, canEmbed, canRerank, destination: 'local' }
      }
      if (state.status === 'failed') throw failureFor(state)
      if (state.status === 'empty') this.#loadChosen()
      await abortable(this.#changed.promise, signal)
    }
  }

  async countTokens(texts: readonly string[], signal?: AbortSignal): Promise<number[]> {
    await this.ready(signal)
    return this.#client.countTokens({ texts: [...texts] }, options(signal))
  }

  async countChatTokens(turns: readonly ChatTurn[], signal?: AbortSignal, tools: readonly Tool[] = []): Promise<number> {
    await this.ready(signal)
    return this.#client.countChatTokens({ turns: [...turns], tools: [...tools] }, options(signal))
  }

  async *generate(request: GenerateRequest, signal?: AbortSignal): AsyncGenerator<GenerateEvent, void, void> {
    await this.ready(signal)
    const task = this.activity.begin('chat')
    try {
      for await (const event of await this.#client.generate(request, options(signal))) {
        if (event.type === 'text-delta') task.count(event.tokens)
        else if (event.type === 'generate-end') this.#onEnd(event, task)
        yield event
      }
    } finally {
      task.end()
    }
  }

  async complete(request: FillRequest, signal?: AbortSignal): Promise<FillResult> {
    await this.ready(signal)
    const task = this.activity.begin('completion')
    try {
      return await this.#client.complete(request, options(signal))
    } finally {
      task.end()
    }
  }

  async embed(texts: readonly string[], signal?: AbortSignal): Promise<Embedding[]> {
    await this.ready(signal)
    return this.#client.embed({ texts: [...texts] }, options(signal))
  }

  async rerank(query: string, documents: readonly string[], signal?: AbortSignal): Promise<{ scores: number[]; tokens: number }> {
    await this.ready(signal)
    return this.#client.rerank({ query, documents: [...documents] }, options(signal))
  }

  dispose(): void {
    for (const stop of this.#stops) stop()
    this.#load?.cancel()
    this.activity.dispose()
  }

  get #client(): ContractRouterClient<typeof inference> {
    return this.#dependencies.worker.client
  }

  #onEnd(event: Extract<GenerateEvent, { type: 'generate-end' }>, task: ReturnType<Activity['begin']>): void {
    task.finish(event.tokensPerSecond, event.promptTokens + event.tokens)
    if (this.#model) this.#dependencies.threads.check(this.#model, event)
  }

  /** What a process may read is settled when it starts: one that is kept to another model's files makes way for a new one. */
  async #makeReadable(model: Model): Promise<void> {
    const { worker } = this.#dependencies
    if (worker.state.status !== 'running' && worker.state.status !== 'starting') return
    const reads = (await worker.process())?.enforced.reads
    if (!reads || reads.includes(model.path)) return
    this.#set({ status: 'loading', modelId: model.id, ratio: 0 })
    await worker.stop()
  }

  #loadChosen(): void {
    this.#set({ status: 'loading', modelId: '', ratio: 0 })
    this.#dependencies.chooseModel().then(
      model => this.load(model).catch(() => undefined),
      (error: unknown) => this.#fail('', error),
    )
  }

  async #run(model: Model, isAgain: boolean): Promise<void> {
    // One that began while this one waited.
    this.#load?.cancel()
    const load = new ModelLoad(this.#client, this.#dependencies.threads)
    this.#load = load
    this.#model = model
    this.#set({ status: 'loading', modelId: model.id, ratio: 0 })
    try {
      const facts = await load.run(model, await this.#dependencies.settings(), ratio => {
        if (this.#load === load) this.#set({ status: 'loading', modelId: model.id, ratio })
      })
      if (this.#load !== load) return
      this.#facts = facts
      const { contextTokens, threads, device, gpuLayers, canChat, canFill } = facts
      this.#set({ status: 'ready', modelId: model.id, contextTokens, threads, device, gpuLayers, canChat, canFill })
      recordIfPossible(this.#dependencies.audit, { kind: 'model.load', actor: 'models', outcome: 'done', subject: model.name, details: { id: model.id, bytes: model.sizeBytes, contextTokens, device } })
      this.#dependencies.log.info('Model loaded', { modelId: model.id, contextTokens, threads, device, gpuLayers })
    } catch (error) {
      if (this.#load !== load) throw new AppError('MODEL_LOAD_FAILED', { id: model.id, reason: 'Another model was asked for meanwhile.' }, { cause: error })
      // A model that was at work when its process died is tried again; one that kills the process while it loads is not.
      if (isAgain && isCrash(error) && this.#dependencies.worker.state.status === 'waiting') this.#set({ status: 'restarting', modelId: model.id, reason: error.data.reason })
      else this.#fail(model.id, error)
      throw error
    }
  }

  #onCrash({ error, restartsIn }: WorkerCrash): void {
    this.activity.forget()
    if (this.#state.status !== 'ready' || !this.#model) return
    const modelId = this.#model.id
    if (restartsIn !== null) this.#set({ status: 'restarting', modelId, reason: error.data.reason })
    else this.#fail(modelId, unavailable(this.#dependencies.worker.state) ?? error)
  }

  #onRestart(): void {
    if (this.#state.status !== 'restarting' || !this.#model) return
    this.#run(this.#model, true).catch(() => undefined)
  }

  #fail(modelId: string, error: unknown): void {
    const known: AppError = isAppError(error) ? error : new AppError('MODEL_LOAD_FAILED', { id: modelId, reason: 'An unexpected fault; the log has more.' }, { cause: error })
    this.#dependencies.log.warn('Model not loaded', { modelId, code: known.code, ...(isAppError(error) ? {} : describeFault(error)) })
    recordIfPossible(this.#dependencies.audit, { kind: 'model.load', actor: 'models', outcome: 'failed', ...(this.#model ? { subject: this.#model.name } : {}), details: { id: modelId, error: known.code } })
    this.#set({ status: 'failed', modelId, error: { code: known.code, data: known.data } })
  }

  #set(state: EngineState): void {
    this.#state = state
    this.#changes.tell(state)
    this.#changed.resolve()
    this.#changed = Promise.withResolvers()
  }
}

function isCrash(error: unknown): error is AppError<'WORKER_CRASHED'> {
  return error instanceof AppError && error.code === 'WORKER_CRASHED'
}

function unavailable(state: WorkerState): AppError | null {
  return state.status === 'unavailable' ? new AppError('WORKER_UNAVAILABLE', { worker: 'inference', crashes: state.crashes }) : null
}

function failureFor(state: Extract<EngineState, { status: 'failed' }>): AppError {
  const { code, data } = state.error
  // The data came with that code.
  if (code === 'WORKER_CRASHED' || code === 'WORKER_UNAVAILABLE') return new AppError(code, data as never)
  return new AppError('MODEL_NOT_LOADED', {})
}

function options(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal ? { signal } : {}
}

function abortable(promise: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (!signal) return promise
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error)
    signal.addEventListener('abort', abort, { once: true })
    void promise.then(resolve).finally(() => signal.removeEventListener('abort', abort))
  })
}
