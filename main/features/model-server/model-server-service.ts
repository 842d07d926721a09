import type { ServerClient, ServerEvent, ServerScope, ServerState } from '#shared/contract/model-server.ts'
import type { Model } from '#shared/contract/models.ts'
import { AppError, isAppError } from '#shared/errors.ts'
import type { Caller, CallFacts, ServedModel } from '#shared/served-model.ts'
import type { Settings } from '#shared/setting-definitions.ts'
import type { Audit } from '../../platform/audit/audit.ts'
import { recordIfPossible } from '../../platform/audit/record-if-possible.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import { Listeners } from '../../platform/live/listeners.ts'
import { liveStream } from '../../platform/live/live-stream.ts'
import { TurnTaker } from '../../platform/live/turn-taker.ts'
import type { Log } from '../../platform/log/log.ts'
import type { Storage } from '../../platform/storage/storage.ts'
import type { Engine, Engines } from '../models/engine.ts'
import { CallRecords } from './call-records.ts'
import { FairQueue } from './fair-queue.ts'
import { RateWindow } from './rate-window.ts'
import { ServedModels } from './served-models.ts'
import { RunningCalls } from './server-activity.ts'
import { ServerClients, type NewClient, type StoredClient } from './server-clients.ts'
import { ServerTurn } from './server-turn.ts'

type ServerSettings = Pick<Settings, 'server.enabled' | 'server.parallel' | 'server.queue' | 'chat.temperature'>

interface Dependencies {
  engines: Engines
  models: { list(): Promise<readonly Model[]>; loadedIds(): readonly string[]; modifiedAt(path: string): Promise<Date | null> }
  settings: {
    values(): Promise<ServerSettings>
    set(scope: { scope: 'user'; workspaceId: null }, key: string, value: unknown): Promise<void>
    onChange(listener: () => void): () => void
  }
  storage: Storage
  audit: Audit
  clock: Clock
  log: Log
}

export interface ModelCall extends CallFacts {
  signal: AbortSignal
}

/** Clients may name this instead of a model: the one that has the role in Cortex. */
const defaultName = 'default'
/** Guess at what a prompt costs, until the model has counted it. */
const charactersPerToken = 4

/** Other programs as users of the models: who may ask, in which order, how much, and what is written down of it. */
export class ModelServerService {
  readonly #dependencies: Dependencies
  readonly #clients: ServerClients
  readonly #models: ServedModels
  readonly #queue: FairQueue
  readonly #running: RunningCalls
  readonly #records: CallRecords
  readonly #windows = new Map<string, RateWindow>()
  /** Ends the calls of a client. */
  readonly #controllers = new Map<string, Set<AbortController>>()
  readonly #changes = new Listeners<ServerState>()
  readonly #queueChanges = new Listeners<void>()
  readonly #turns = new TurnTaker()
  readonly #stops: (() => void)[]
  #settings: ServerSettings | null = null
  /** A start in safe mode leaves the server off until somebody turns it on. */
  #isStarted = false
  #port: number | null = null
  #open: (() => Promise<void>) | null = null

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
    const { storage, audit, clock, models, settings } = dependencies
    this.#clients = new ServerClients({ storage, audit, clock })
    this.#models = new ServedModels({ list: () => models.list(), loadedIds: () => models.loadedIds(), modifiedAt: path => models.modifiedAt(path), clock })
    this.#queue = new FairQueue({ slots: () => this.#settings?.['server.parallel'] ?? 1, limit: () => this.#settings?.['server.queue'] ?? 0, onChange: () => this.#onQueue() })
    this.#running = new RunningCalls(clock, () => this.#queue.waiting)
    this.#records = new CallRecords(audit, clock)
    this.#stops = [settings.onChange(() => void this.#refresh()), storage.onChange(() => this.#changes.tell(this.state))]
  }

  get state(): ServerState {
    const isOn = this.isOn
    const origin = `http://127.0.0.1:${this.#port}`
    const baseUrls = isOn && this.#port !== null ? { openai: `${origin}/v1`, anthropic: origin, ollama: origin } : null
    return { isOn, isLocked: this.isLocked, port: this.#port, baseUrls }
  }

  get isOn(): boolean {
    return this.#settings?.['server.enabled'] ?? false
  }

  get isLocked(): boolean {
    return this.#clients.isLocked
  }

  onChange(listener: (state: ServerState) => void): () => void {
    return this.#changes.add(listener)
  }

  /** Calls that wait for their turn at this model. */
  waitingFor(modelId: string): number {
    return this.#queue.waitingFor(modelId)
  }

  onQueue(listener: () => void): () => void {
    return this.#queueChanges.add(listener)
  }

  /** From here on the settings say whether the server is on. */
  async start(): Promise<void> {
    this.#isStarted = true
    this.#settings = await this.#dependencies.settings.values()
    this.#changes.tell(this.state)
  }

  /** How a host that listens on no port begins to. */
  useOpener(open: () => Promise<void>): void {
    this.#open = open
  }

  /** The host listens on this port from now on, or on none. */
  listensOn(port: number | null): void {
    this.#port = port
    this.#changes.tell(this.state)
  }

  async turnOn(): Promise<ServerState> {
    await this.#switch(true)
    if (this.#port === null) await this.#open?.()
    return this.state
  }

  async turnOff(): Promise<ServerState> {
    await this.#switch(false)
    return this.state
  }

  listClients(): ServerClient[] {
    return this.#clients.list()
  }

  createClient(asked: NewClient): { client: ServerClient; token: string } {
    return this.#clients.create(asked)
  }

  revokeClient(id: string): void {
    this.#clients.revoke(id)
    this.#end(id, new AppError('SERVER_CLIENT_NOT_FOUND', { id }))
    this.#windows.delete(id)
    this.#running.forget(id)
  }

  watch(signal?: AbortSignal): AsyncGenerator<ServerEvent, void, void> {
    const clients = (): ServerClient[] => (this.isLocked ? [] : this.#clients.list())
    return liveStream<ServerEvent>(
      push => {
        push({ type: 'snapshot', state: this.state, clients: clients(), activity: this.#running.now })
        const stops = [
          this.#changes.add(state => push({ type: 'state-changed', state })),
          this.#clients.onChange(() => push({ type: 'clients-changed', clients: clients() })),
          this.#running.onChange(activity => push({ type: 'activity-changed', activity })),
        ]
        return () => stops.forEach(stop => stop())
      },
      { signal, limit: 100, collapse: () => ({ type: 'snapshot', state: this.state, clients: clients(), activity: this.#running.now }) },
    )
  }

  /** The client with this token, or null; somebody who tries tokens stands in the audit log. */
  identify(token: string | undefined, endpoint: string): Caller | null {
    const client = this.#clients.identify(token)
    if (!client && token !== undefined) this.#records.refusal('unknown', endpoint, 'token-unknown')
    return client && { id: client.id, name: client.name }
  }

  /** Models that the client may use. Throws SERVER_SCOPE_MISSING, SERVER_RATE_LIMITED. */
  async list(caller: Caller, endpoint: string): Promise<ServedModel[]> {
    return await this.#facts(caller, endpoint, async client => (await this.#models.all()).filter(model => mayUse(client, model)))
  }

  /** One of them, or by `default` that of the chat role. Throws MODEL_NOT_FOUND, MODEL_NOT_LOADED and SERVER_MODEL_REFUSED too. */
  async describe(caller: Caller, endpoint: string, asked: string): Promise<ServedModel> {
    return await this.#facts(caller, endpoint, async client => {
      const chosen = isDefault(asked) ? await this.#dependencies.engines.modelFor('chat') : null
      const model = await (chosen ? this.#models.of(chosen) : this.#models.get(asked))
      if (!mayUse(client, model)) throw new AppError('SERVER_MODEL_REFUSED', { id: model.name })
      return model
    })
  }

  /**
   * Gives a call its turn at the model and keeps account of it. Throws SERVER_OFF, SERVER_SCOPE_MISSING, SERVER_MODEL_REFUSED, SERVER_ROLE_EMPTY, SERVER_RATE_LIMITED,
   * SERVER_QUEUE_FULL, MODEL_NOT_FOUND, and what the engine and the work throw.
   */
  async serve<T>(call: ModelCall, work: (turn: ServerTurn) => Promise<T>): Promise<T> {
    const client = this.#admit(call.caller, call.endpoint, call.scope)
    const guess = Math.ceil(call.prompt.length / charactersPerToken)
    const use = this.#take(client, call.endpoint, guess)
    const controller = new AbortController()
    const its = this.#controllers.get(client.id) ?? new Set()
    this.#controllers.set(client.id, its.add(controller))
    const signal = AbortSignal.any([call.signal, controller.signal])
    const started = { model: call.model, tokens: 0, promptTokens: null as number | null }
    let running: ReturnType<RunningCalls['begin']> = started
    let end = (_milliseconds: number): void => undefined
    let startedAt = this.#dependencies.clock.monotonic()
    let error: unknown = null
    try {
      const { name, key, open } = await this.#target(client, call)
      started.model = name
      if (call.isQueued !== false) end = await this.#queue.take(key, client.id, signal)
      startedAt = this.#dependencies.clock.monotonic()
      running = this.#running.begin({ clientId: client.id, clientName: client.name, endpoint: call.endpoint, model: name })
      const engine = await open()
      const model = await engine.ready(signal)
      const served = isDefault(call.model) ? await this.#models.nameOf(model.id) : call.model
      if (!mayUse(client, { id: model.id, name: isDefault(call.model) ? served : name })) throw new AppError('SERVER_MODEL_REFUSED', { id: served })
      const onCount = (): void => {
        use.tokens = (running.promptTokens ?? guess) + running.tokens
        this.#running.changed()
      }
      return await work(new ServerTurn({ engine, model, name: served, temperature: this.#settings?.['chat.temperature'] ?? 0, call: running, onCount, signal }))
    } catch (thrown) {
      error = thrown
      // Why it was ended says more than that it was.
      if (controller.signal.aborted && !call.signal.aborted) throw controller.signal.reason
      throw thrown
    } finally {
      // A call that never came to the model has used nothing of it.
      if (error !== null && running.promptTokens === null && running.tokens === 0) use.tokens = 0
      end(this.#dependencies.clock.monotonic() - startedAt)
      this.#running.end(running)
      its.delete(controller)
      if (its.size === 0 && this.#controllers.get(client.id) === its) this.#controllers.delete(client.id)
      this.#account(client, call, { ...running, model: started.model }, error)
    }
  }

  dispose(): void {
    for (const stop of this.#stops) stop()
    for (const id of this.#controllers.keys()) this.#end(id, new AppError('SERVER_OFF', {}))
    this.#clients.dispose()
    this.#running.dispose()
  }

  #onQueue(): void {
    this.#running.changed()
    this.#queueChanges.tell()
  }

  async #facts<T>(caller: Caller, endpoint: string, work: (client: StoredClient) => Promise<T>): Promise<T> {
    const client = this.#admit(caller, endpoint, 'models')
    this.#take(client, endpoint, 0)
    const entry = { client: client.name, endpoint, model: null, prompt: null, promptTokens: null, tokens: 0 }
    try {
      const answer = await work(client)
      this.#records.call({ ...entry, outcome: 'done', error: null })
      this.#running.count(client.id, 'done', { promptTokens: 0, tokens: 0 })
      return answer
    } catch (error) {
      this.#running.count(client.id, isRefusal(error) ? 'refused' : 'failed', { promptTokens: 0, tokens: 0 })
      this.#records.call({ ...entry, outcome: 'failed', error: nameOf(error) })
      throw error
    }
  }

  #admit(caller: Caller, endpoint: string, scope: ServerScope): StoredClient {
    if (!this.isOn) throw new AppError('SERVER_OFF', {})
    const client = this.#clients.get(caller.id)
    if (!client) throw new AppError('SERVER_CLIENT_NOT_FOUND', { id: caller.id })
    this.#clients.noteUse(client)
    if (!client.scopes.includes(scope)) throw this.#refuse(client, endpoint, new AppError('SERVER_SCOPE_MISSING', { scope }))
    return client
  }

  #take(client: StoredClient, endpoint: string, tokens: number): { tokens: number } {
    const window = this.#windows.get(client.id) ?? new RateWindow()
    this.#windows.set(client.id, window)
    const taken = window.take(client, tokens, this.#dependencies.clock.monotonic())
    if ('of' in taken) throw this.#refuse(client, endpoint, new AppError('SERVER_RATE_LIMITED', taken))
    return taken
  }

  #refuse(client: StoredClient, endpoint: string, error: AppError): AppError {
    this.#records.refusal(client.name, endpoint, error.code)
    this.#running.count(client.id, 'refused', { promptTokens: 0, tokens: 0 })
    return error
  }

  async #target(client: StoredClient, { model, role }: ModelCall): Promise<{ name: string; key: string; open: () => Promise<Engine> }> {
    const { engines } = this.#dependencies
    if (isDefault(model)) {
      const engine = engines.forRole(role)
      // One that cannot be read is the engine's to tell, which the person is shown too.
      const chosen = await engines.modelFor(role).catch(() => undefined)
      if (chosen === null) throw new AppError('SERVER_ROLE_EMPTY', { role })
      // One line for each model, by whichever name it is asked for.
      return { name: defaultName, key: chosen?.id ?? `role ${role}`, open: async () => engine }
    }
    const { name, id } = await this.#models.find(model)
    if (!mayUse(client, { name, id })) throw new AppError('SERVER_MODEL_REFUSED', { id: model })
    return { name, key: id, open: async () => await engines.forModel(id) }
  }

  #account(client: StoredClient, call: ModelCall, used: { model: string; tokens: number; promptTokens: number | null }, error: unknown): void {
    const { tokens, promptTokens } = used
    if (isRefusal(error)) {
      this.#refuse(client, call.endpoint, error)
      return
    }
    // A caller that leaves before the end has what it wanted.
    const outcome = error === null || call.signal.aborted ? 'done' : 'failed'
    this.#running.count(client.id, outcome, { promptTokens: promptTokens ?? 0, tokens })
    this.#records.call({ client: client.name, endpoint: call.endpoint, model: used.model, prompt: call.prompt, promptTokens, tokens, outcome, error: error === null ? null : call.signal.aborted ? 'caller-left' : nameOf(error) })
  }

  async #switch(isOn: boolean): Promise<void> {
    await this.#dependencies.settings.set({ scope: 'user', workspaceId: null }, 'server.enabled', isOn)
    this.#isStarted = true
    await this.#refresh()
  }

  async #refresh(): Promise<void> {
    if (!this.#isStarted) return
    // One after the other: what was read before a change must not hold after it.
    await this.#turns.take('', async () => {
      const values = await this.#dependencies.settings.values().catch(() => null)
      if (values) this.#hold(values)
    })
  }

  #hold(values: ServerSettings): void {
    const wasOn = this.isOn
    this.#settings = values
    if (wasOn === this.isOn) return
    recordIfPossible(this.#dependencies.audit, { kind: this.isOn ? 'server.on' : 'server.off', actor: 'person', outcome: 'done', details: { port: this.#port } })
    this.#dependencies.log.info(this.isOn ? 'The model server is on' : 'The model server is off', { port: this.#port })
    if (!this.isOn) for (const id of this.#controllers.keys()) this.#end(id, new AppError('SERVER_OFF', {}))
    this.#changes.tell(this.state)
  }

  #end(clientId: string, reason: AppError): void {
    for (const controller of this.#controllers.get(clientId) ?? []) controller.abort(reason)
  }
}

function isDefault(asked: string): boolean {
  return asked.trim().replace(/:latest$/, '') === defaultName
}

function mayUse({ models }: StoredClient, { name, id }: { name: string; id: string }): boolean {
  return models === 'all' || models.some(allowed => allowed === name || allowed === id)
}

function isRefusal(error: unknown): error is AppError {
  return isAppError(error) && (error.code === 'SERVER_QUEUE_FULL' || error.code === 'SERVER_MODEL_REFUSED' || error.code === 'SERVER_RATE_LIMITED' || error.code === 'SERVER_SCOPE_MISSING')
}

function nameOf(error: unknown): string {
  if (isAppError(error)) return error.code
  return error instanceof Error ? error.name : typeof error
}
