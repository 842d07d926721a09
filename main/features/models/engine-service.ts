import type { ContractRouterClient } from '@orpc/contract'
import type { EngineState, Model, ResidentActivity } from '#shared/contract/models.ts'
import { AppError, isAppError } from '#shared/errors.ts'
import { pathsOfModel } from '#shared/gguf/model-files.ts'
import type { ChatTurn, Embedding, FillRequest, FillResult, GenerateEvent, GenerateRequest, inference, LoadedModel, Tool } from '../../../native/inference/contract.ts'
import { recordIfPossible } from '../../platform/audit/record-if-possible.ts'
import { systemClock, type Clock } from '../../platform/clock/clock.ts'
import { Listeners } from '../../platform/live/listeners.ts'
import { describeFault } from '../../platform/log/log-faults.ts'
import type { WorkerCrash } from '../../platform/workers/supervised-worker.ts'
import { Activity } from './engine-activity.ts'
import type { EngineDependencies } from './engine-dependencies.ts'
import { EngineRest } from './engine-rest.ts'
import { Guessing } from './engine-speculation.ts'
import { leastTokens } from './engine-threads.ts'
import type { AnswerUse, Engine, EngineModel } from './engine.ts'
import { ModelLoad } from './model-load.ts'
import { abortable, cardFailure, failureFor, isCrash, isOnCard, options, unavailable } from './engine-faults.ts'

type Task = ReturnType<Activity['begin']>

/** The model that answers: loads it, loads it again after a crash, and says how it is. */
export class EngineService implements Engine {
  readonly #dependencies: EngineDependencies
  readonly #changes = new Listeners<EngineState>()
  readonly activity: Activity
  /** What is done while nobody asks it. */
  readonly rest: EngineRest
  readonly guessing: Guessing
  readonly #clock: Clock
  readonly #stops: (() => void)[]
  #state: EngineState = { status: 'empty' }
  #model: Model | null = null
  #load: ModelLoad | null = null
  #facts: LoadedModel | null = null
  #isClosed = false
  #loads = 0
  #usedAt: number
  #lastUsedAt: Date | null = null
  /** Wakes those who wait for the state to change. */
  #changed = Promise.withResolvers<void>()

  constructor(dependencies: EngineDependencies) {
    this.#dependencies = dependencies
    this.#clock = dependencies.clock ?? systemClock
    this.#usedAt = this.#clock.monotonic()
    this.activity = new Activity(this.#clock)
    this.guessing = new Guessing(dependencies.outcomes)
    this.rest = new EngineRest({
      client: () => this.#client,
      isFree: () => this.#state.status === 'ready' && !this.activity.isBusy,
      guessing: this.guessing,
      onMeasured: measured => {
        dependencies.log.info('Measured whether guessing ahead is faster', { modelId: this.#model?.id ?? '', winner: measured?.winner ?? 'none' })
        this.#changes.tell(this.#state)
      },
      log: dependencies.log,
    })
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

  get facts(): LoadedModel | null {
    return this.#state.status === 'ready' ? this.#facts : null
  }

  /** How often it was loaded: what was in memory before the last time has gone. */
  get loads(): number {
    return this.#loads
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  get lastUsedAt(): Date | null {
    return this.#lastUsedAt
  }

  /** How long nobody has asked it anything. */
  get idleMilliseconds(): number {
    return this.activity.isBusy || this.#state.status === 'loading' || this.#state.status === 'restarting' ? 0 : this.#clock.monotonic() - this.#usedAt
  }

  onChange(listener: (state: EngineState) => void): () => void {
    return this.#changes.add(listener)
  }

  onActivity(listener: (activity: ResidentActivity) => void): () => void {
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
    try {
      await this.#run(model, false)
    } catch (error) {
      // It died of memory and is started again with a smaller plan.
      if (this.#getStatus() !== 'restarting') throw error
      await this.ready()
    }
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
      if (this.#isClosed) throw new AppError('MODEL_NOT_LOADED', {})
      const state = this.#state
      const model = this.#model
      if (state.status === 'ready' && model) {
        const { modelId: id, contextTokens, canChat, canFill } = state
        // The worker is a process that this host started.
        const { canEmbed = false, canRerank = false } = this.#facts ?? {}
        const preset = this.#dependencies.preset?.() ?? null
        return { id, name: model.name, contextTokens, canChat, canFill, canEmbed, canRerank, destination: 'local', ...(preset ? { preset } : {}) }
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

  async *generate(request: GenerateRequest, signal?: AbortSignal, use: AnswerUse = {}): AsyncGenerator<GenerateEvent, void, void> {
    await this.ready(signal)
    const { facts } = this
    const task = this.#begin('chat')
    try {
      for await (const event of await this.#client.generate(request, options(signal))) {
        if (event.type === 'prompt-read') {
          task.read(event.readTokens, event.milliseconds)
          continue
        }
        if (event.type === 'text-delta' || event.type === 'reasoning-delta') task.count(event.tokens)
        else if (event.type === 'generate-end') this.#onEnd(event, task, use)
        yield event
      }
    } catch (error) {
      throw this.#failed(error, facts)
    } finally {
      this.#end(task)
    }
  }

  async complete(request: FillRequest, signal?: AbortSignal): Promise<FillResult> {
    return await this.#ask('completion', signal, () => this.#client.complete(request, options(signal)), (filled, task) => void (filled.speed && task.fill(filled.speed)))
  }

  async embed(texts: readonly string[], signal?: AbortSignal): Promise<Embedding[]> {
    return await this.#ask('embedding', signal, () => this.#client.embed({ texts: [...texts] }, options(signal)), (embeddings, task) => task.readTexts(texts.length, embeddings.reduce((sum, { tokens }) => sum + tokens, 0)))
  }

  async rerank(query: string, documents: readonly string[], signal?: AbortSignal): Promise<{ scores: number[]; tokens: number }> {
    return await this.#ask('rerank', signal, () => this.#client.rerank({ query, documents: [...documents] }, options(signal)), ({ tokens }, task) => task.readTexts(documents.length, tokens))
  }

  /** Writes what the model holds of a prompt to a file that its process may write; gives back the tokens held, 0 where nothing was written. */
  async saveState(path: string, turns: readonly ChatTurn[], signal?: AbortSignal): Promise<number> {
    if (this.#state.status !== 'ready') return 0
    return (await this.#client.saveState({ path, turns: [...turns] }, options(signal))).tokens
  }

  /** Takes what was saved; gives back how many tokens of the prompt that spares. */
  async restoreState(path: string, turns: readonly ChatTurn[], signal?: AbortSignal): Promise<number> {
    if (this.#state.status !== 'ready') return 0
    return (await this.#client.restoreState({ path, turns: [...turns] }, options(signal))).tokens
  }

  /** Ends for good: answers under way end, and who waits is told that no model is loaded. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.rest.interrupt()
    try {
      await this.unload()
    } finally {
      this.dispose()
    }
  }

  dispose(): void {
    for (const stop of this.#stops) stop()
    this.#load?.cancel()
    this.activity.dispose()
  }

  get #client(): ContractRouterClient<typeof inference> {
    return this.#dependencies.worker.client
  }

  async #ask<T>(kind: 'completion' | 'embedding' | 'rerank', signal: AbortSignal | undefined, work: () => Promise<T>, heed: (answer: T, task: Task) => void): Promise<T> {
    await this.ready(signal)
    const { facts } = this
    const task = this.#begin(kind)
    try {
      const answer = await work()
      heed(answer, task)
      return answer
    } catch (error) {
      throw this.#failed(error, facts)
    } finally {
      this.#end(task)
    }
  }

  /** The error as whoever asked is told it. Where llama.cpp cannot go on upon a card and its process lives on, that is started anew. */
  #failed(error: unknown, facts: LoadedModel | null): unknown {
    if (isAppError(error) && error.code === 'MODEL_COMPUTE_FAILED' && isOnCard(facts)) void this.#startAnew(error).catch(() => undefined)
    return cardFailure(error, facts, this.#dependencies.name ?? 'inference')
  }

  async #startAnew(error: AppError): Promise<void> {
    const model = this.#model
    if (this.#state.status !== 'ready' || !model) return
    this.#dependencies.planning?.replan(error)
    this.activity.forget()
    this.#set({ status: 'restarting', modelId: model.id, reason: 'llama.cpp could not go on' })
    await this.#dependencies.worker.stop()
    if (this.#getStatus() === 'restarting' && this.#model === model) await this.#run(model, true)
  }

  #begin(kind: 'chat' | 'completion' | 'embedding' | 'rerank') {
    this.rest.interrupt()
    this.#dependencies.onBegin?.()
    this.#touch()
    return this.activity.begin(kind)
  }

  #end(task: { end(): void }): void {
    this.#touch()
    task.end()
  }

  #touch(): void {
    this.#usedAt = this.#clock.monotonic()
    this.#lastUsedAt = this.#clock.now()
  }

  // The state changes while something is awaited, which the compiler cannot know.
  #getStatus(): EngineState['status'] {
    return this.#state.status
  }

  #onEnd(event: Extract<GenerateEvent, { type: 'generate-end' }>, task: Task, { isConversation = false }: AnswerUse): void {
    const { tokensPerSecond, promptTokens, reusedTokens, tokens, firstTokenMilliseconds } = event
    task.finish({ tokensPerSecond, contextUsedTokens: isConversation ? promptTokens + tokens : null, freshTokens: promptTokens - reusedTokens, firstTokenMilliseconds })
    if (event.drafted) this.guessing.count(event.drafted)
    if (this.#model) this.#dependencies.threads.check(this.#model, event)
    // Guesses that were right make it faster than what it reads would allow.
    if (this.#facts && event.tokens >= leastTokens && !event.drafted) this.#dependencies.onSpeed?.(event.tokensPerSecond, this.#facts)
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
    const load = new ModelLoad(this.#client, this.#dependencies)
    this.#load = load
    this.#model = model
    this.#set({ status: 'loading', modelId: model.id, ratio: 0 })
    try {
      const planned = (await this.#dependencies.planning?.plan(model)) ?? {}
      if (this.#load !== load) throw new AppError('MODEL_LOAD_FAILED', { id: model.id, reason: 'It was given up.' })
      const facts = await load.run(model, await this.#dependencies.settings(), planned, ratio => {
        if (this.#load === load) this.#set({ status: 'loading', modelId: model.id, ratio })
      })
      if (this.#load !== load) return
      this.#facts = facts
      this.guessing.begin(model, planned, facts)
      this.#loads++
      this.#usedAt = this.#clock.monotonic()
      this.activity.sequences = facts.sequences
      const { contextTokens, threads, device, gpuLayers, canChat, canFill } = facts
      const speed = facts.measuredThreads[String(threads)]
      if (speed !== undefined) this.#dependencies.onSpeed?.(speed, facts)
      this.#set({ status: 'ready', modelId: model.id, contextTokens, threads, device, gpuLayers, canChat, canFill })
      recordIfPossible(this.#dependencies.audit, { kind: 'model.load', actor: 'models', outcome: 'done', subject: model.name, details: { id: model.id, bytes: model.sizeBytes, contextTokens, device } })
      this.#dependencies.log.info('Model loaded', { modelId: model.id, contextTokens, threads, device, gpuLayers })
    } catch (error) {
      if (this.#load !== load) throw new AppError('MODEL_LOAD_FAILED', { id: model.id, reason: 'Another model was asked for meanwhile.' }, { cause: error })
      const isOther = isAppError(error) && this.#dependencies.planning?.replan(error) === true
      // llama.cpp itself found that memory is short, or its card gone: its process is well.
      if (isOther && !isCrash(error)) return this.#run(model, true)
      // A model that was at work when its process died is tried again, and so is one for which there is another plan; another that kills the process while it loads is not.
      if ((isAgain || isOther) && isCrash(error) && this.#dependencies.worker.state.status === 'waiting') this.#set({ status: 'restarting', modelId: model.id, reason: error.data.reason })
      else this.#fail(model.id, error)
      throw error
    }
  }

  #onCrash({ error, restartsIn }: WorkerCrash): void {
    this.activity.forget()
    if (this.#state.status !== 'ready' || !this.#model) return
    const modelId = this.#model.id
    // What was tried beside the plan says nothing against the plan.
    if (this.rest.isMeasuring) this.guessing.keepCrash()
    else this.#dependencies.planning?.replan(error)
    if (restartsIn !== null) this.#set({ status: 'restarting', modelId, reason: error.data.reason })
    else this.#fail(modelId, unavailable(this.#dependencies.worker.state, this.#dependencies.name) ?? error)
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
