import { randomUUID } from 'node:crypto'
import type { Benchmark, BenchmarkEvent, EngineState, Model, ModelOptions, ModelOptionsChange, ModelRole, ModelRoles, ModelsEvent, SamplingPreset } from '#shared/contract/models.ts'
import { modelRoles } from '#shared/contract/models.ts'
import { AppError, isAppError } from '#shared/errors.ts'
import type { LoadPlan } from '#shared/load-plan.ts'
import type { Settings } from '#shared/setting-definitions.ts'
import { Listeners } from '../../platform/live/listeners.ts'
import type { ChatTurn } from '../../../native/inference/contract.ts'
import type { Storage } from '../../platform/storage/storage.ts'
import { systemClock, type Clock } from '../../platform/clock/clock.ts'
import { benchmark, type BenchmarkRequest } from './benchmark.ts'
import { BenchmarkResults } from './benchmark-results.ts'
import { EnginePool, type PoolSettings } from './engine-pool.ts'
import { SpeculationOutcomes } from './engine-speculation.ts'
import { EngineThreads } from './engine-threads.ts'
import type { Engine, Engines } from './engine.ts'
import { ModelChoices } from './model-options.ts'
import { ModelList, starterId } from './model-list.ts'
import { ModelPlanner } from './model-planner.ts'
import { RoleEngine } from './role-engine.ts'
import type { Seat } from './seat.ts'
import { keepWarm } from './warm-up.ts'
import { checkRole, usualRoles } from './roles.ts'
import { watchModels } from './watch-models.ts'

type ModelSettings = PoolSettings & Pick<Settings, 'model.path' | 'model.loadAtStart' | 'model.warmUp'>
type PoolDependencies = ConstructorParameters<typeof EnginePool>[0]

interface Dependencies extends Pick<PoolDependencies, 'makeWorker' | 'makeScratch' | 'memory' | 'onSpeed' | 'audit' | 'log'> {
  storage: Storage
  resources: string
  /** The beginning of every conversation, to be read before anybody asks; empty for none. */
  opening?: readonly ChatTurn[]
  clock?: Clock
  settings: { values(): Promise<ModelSettings>; onChange(listener: () => void): () => void }
}

/** The list of models, those that are loaded, and what each is used for. */
export class ModelsService implements Engines {
  readonly pool: EnginePool
  readonly #list: ModelList
  readonly #settings: Dependencies['settings']
  readonly #choices: ModelChoices
  readonly #planner = new ModelPlanner()
  readonly #results: BenchmarkResults
  readonly #outcomes: SpeculationOutcomes
  /** Of models that were asked for by their id. */
  readonly #engines = new Map<string, RoleEngine>()
  readonly #roles: Record<ModelRole, RoleEngine>
  readonly #listChanges = new Listeners<void>()
  readonly #optionChanges = new Listeners<void>()
  readonly #stopListening: () => void
  #lastSettings: ModelSettings | null = null

  constructor({ storage, resources, settings, opening = [], clock = systemClock, makeWorker, makeScratch, memory, onSpeed, audit, log }: Dependencies) {
    this.#list = new ModelList({ storage, resources })
    this.#settings = settings
    this.#choices = new ModelChoices(storage)
    this.#results = new BenchmarkResults(storage)
    this.#outcomes = new SpeculationOutcomes(storage, clock)
    this.pool = new EnginePool({
      makeWorker, memory, audit, log, clock,
      ...(makeScratch ? { makeScratch } : {}),
      ...(onSpeed ? { onSpeed } : {}),
      planner: this.#planner,
      settings: () => settings.values(),
      choices: this.#choices,
      findModel: id => this.#find(id),
      rolesOf: id => this.#rolesOf(id),
      threads: new EngineThreads(storage),
      outcomes: this.#outcomes,
    })
    this.#roles = {
      chat: new RoleEngine(this.pool, () => this.#choose()),
      completion: new RoleEngine(this.pool, () => this.#chooseFor('completion')),
      embedding: new RoleEngine(this.pool, () => this.#chooseFor('embedding')),
      rerank: new RoleEngine(this.pool, () => this.#chooseFor('rerank')),
    }
    const stops = [
      settings.onChange(() => void this.#onSettings()),
      storage.onChange(() => {
        this.#listChanges.tell()
        this.#optionChanges.tell()
      }),
      ...(opening.length > 0 ? [keepWarm({ chat: this.engine, seat: () => this.chatSeat, isOn: async () => (await settings.values())['model.warmUp'], isQuiet: () => this.pool.isQuiet, turns: opening })] : []),
    ]
    this.#stopListening = () => stops.forEach(stop => stop())
  }

  /** The model of the chat role. */
  get engine(): RoleEngine {
    return this.#roles.chat
  }

  /** Its seat while it is ready. */
  get chatSeat(): Seat | null {
    const seat = this.engine.modelId === null ? null : this.pool.find(this.engine.modelId)
    return seat?.engine.state.status === 'ready' ? seat : null
  }

  forRole(role: ModelRole): RoleEngine {
    return this.#roles[role]
  }

  async modelFor(role: ModelRole): Promise<Model | null> {
    const { model } = this.#roles[role]
    if (model) return model
    const isOptional = role === 'embedding' || role === 'rerank'
    if (isOptional && this.#choices.roles()[role] === null) return null
    try {
      return await (role === 'chat' ? this.#choose() : this.#chooseFor(role))
    } catch (cause) {
      if (isOptional && isAppError(cause) && cause.code === 'MODEL_NOT_FOUND') return null
      throw new AppError('MODEL_NOT_LOADED', {}, { cause })
    }
  }

  async forModel(id: string): Promise<Engine> {
    await this.#find(id)
    // One for each model: each listens to the pool as long as it is there.
    const known = this.#engines.get(id) ?? new RoleEngine(this.pool, () => this.#find(id))
    this.#engines.set(id, known)
    return known
  }

  /** Loads the chosen model where the settings say so. */
  async start(): Promise<void> {
    this.#lastSettings = await this.#settings.values()
    if (this.#lastSettings['model.loadAtStart']) await this.engine.ready().catch(() => undefined)
  }

  list(): Promise<Model[]> {
    return this.#list.all()
  }

  /** All that are listed, with a model that a setting names and that was never added. */
  async known(): Promise<Model[]> {
    const models = await this.#list.all()
    const others = this.pool.seats.map(({ model }) => model).filter(model => models.every(({ id }) => id !== model.id))
    return [...models, ...others]
  }

  /** `source`: where the file comes from, where somebody knows; else as it was, or added by its path. */
  async add(path: string, source?: Model['source']): Promise<Model> {
    const model = await this.#list.add(path, source)
    this.#listChanges.tell()
    return model
  }

  remove(id: string): void {
    this.#list.remove(id)
    this.#choices.forget(id)
    this.#results.forget(id)
    this.#outcomes.forget(id)
    this.#listChanges.tell()
  }

  async plan(id: string, options: ModelOptionsChange = {}): Promise<LoadPlan> {
    return this.pool.plan(await this.#find(id), options)
  }

  /** Gives it its roles; the models that lose their last one by it go, unless they are pinned. */
  async load(id: string, { options, roles }: { options?: ModelOptionsChange | undefined; roles?: readonly ModelRole[] | undefined } = {}): Promise<EngineState> {
    const model = await this.#find(id)
    // Before anything is kept or let go for it.
    await this.#demandDraft(model, options)
    if (options) this.#configure(id, options)
    const given = roles ?? usualRoles(model)
    for (const role of given) checkRole(model, role)
    const former = new Map(given.map(role => [role, this.#roles[role].model]))
    for (const role of given) this.#roles[role].assign(model)
    // A completion role that follows the chat role goes with it.
    if (!given.includes('completion')) this.#follow()
    const replaced = this.pool.seats.filter(seat => seat.model.id !== id && [...former.values()].some(one => one?.id === seat.model.id) && this.#rolesOf(seat.model.id).length === 0 && !this.#choices.isPinned(seat.model.id))
    try {
      const state = await this.pool.load(model, replaced)
      for (const role of given) this.#choices.setRole(role, id)
      return state
    } catch (error) {
      // A refusal for want of memory leaves everything as it was.
      if (isAppError(error) && error.code === 'MODEL_DOES_NOT_FIT') {
        for (const [role, before] of former) this.#roles[role].assign(before)
        if (!given.includes('completion')) this.#follow()
      }
      throw error
    }
  }

  async unload(id: string | undefined = this.engine.modelId ?? undefined): Promise<void> {
    if (id !== undefined) await this.pool.unload(id)
  }

  async pin(id: string, isPinned: boolean): Promise<void> {
    await this.#find(id)
    this.#choices.pin(id, isPinned)
    this.pool.tell()
  }

  async setRole(role: ModelRole, id: string | null): Promise<ModelRoles> {
    const model = id === null ? null : await this.#find(id)
    if (model) checkRole(model, role)
    this.#choices.setRole(role, id)
    this.#roles[role].assign(model)
    this.#follow()
    this.pool.tell()
    return this.roles()
  }

  roles(): ModelRoles {
    return { ...this.#choices.roles(), ...(this.engine.modelId === null ? {} : { chat: this.engine.modelId }) }
  }

  async options(id: string): Promise<ModelOptions & { drafts: string[] }> {
    const model = await this.#find(id)
    const drafts = await this.#planner.draftsFor(model, await this.known())
    return { ...this.#choices.options(id), drafts: drafts.map(draft => draft.id) }
  }

  async configure(id: string, change: ModelOptionsChange): Promise<ModelOptions> {
    const model = await this.#find(id)
    if (change.draft) await this.#demandDraft(model, change)
    return this.#configure(id, change)
  }

  /** One that is chosen now is looked at even where it is not used yet. Throws as `pool.draft`. */
  async #demandDraft(model: Model, change: ModelOptionsChange = {}): Promise<void> {
    const { draft, speculation } = this.#choices.options(model.id)
    await this.pool.draft(model, change.draft ? { draft: change.draft, speculation: 'draft' } : { draft: change.draft === undefined ? draft : change.draft, speculation: change.speculation ?? speculation })
  }

  #configure(id: string, change: ModelOptionsChange): ModelOptions {
    const options = this.#choices.configure(id, change)
    this.#optionChanges.tell()
    return options
  }

  presets(): SamplingPreset[] {
    return this.#choices.presets()
  }

  savePreset({ id = randomUUID(), ...preset }: Omit<SamplingPreset, 'id' | 'isBuiltIn'> & { id?: string | undefined }): SamplingPreset {
    const saved = this.#choices.savePreset({ ...preset, id, isBuiltIn: false })
    this.#optionChanges.tell()
    return saved
  }

  removePreset(id: string): void {
    this.#choices.removePreset(id)
    this.#optionChanges.tell()
  }

  async *benchmark({ id, ...request }: BenchmarkRequest & { id: string }, signal?: AbortSignal): AsyncGenerator<BenchmarkEvent, void, void> {
    const model = await this.#find(id)
    await this.pool.load(model)
    const seat = this.pool.find(id)
    if (!seat) throw new AppError('MODEL_NOT_LOADED', {})
    for await (const event of benchmark(seat.engine, request, signal)) {
      if (event.type === 'benchmark-progress') {
        yield event
        continue
      }
      const { plan, engine: { facts } } = seat
      const how = { contextTokens: facts?.contextTokens ?? plan?.contextTokens ?? 0, sequences: facts?.sequences ?? 1, gpuLayers: facts?.gpuLayers ?? 0, kvCacheType: plan?.kvCacheType ?? null, batchTokens: plan?.batchTokens ?? null }
      const { type, ...figures } = event
      const result: Benchmark = { ...figures, ...how, modelId: id, measuredAt: new Date() }
      await this.#results.keep(model, result)
      this.#optionChanges.tell()
      yield { type, ...result }
    }
  }

  /** The last of each model, newest first. */
  async benchmarks(): Promise<Benchmark[]> {
    const all = await Promise.all((await this.known()).map(async model => await this.#results.of(model)))
    return all.filter(one => one !== null).sort((one, other) => other.measuredAt.getTime() - one.measuredAt.getTime())
  }

  watch(signal?: AbortSignal): AsyncGenerator<ModelsEvent> {
    return watchModels({ chat: this.engine, pool: this.pool, models: () => this.known(), roles: () => this.roles(), onList: listener => this.#listChanges.add(listener), onOptions: listener => this.#optionChanges.add(listener) }, signal)
  }

  async dispose(): Promise<void> {
    this.#stopListening()
    for (const role of modelRoles) this.#roles[role].dispose()
    for (const engine of this.#engines.values()) engine.dispose()
    await this.pool.dispose()
  }

  #rolesOf(id: string): ModelRole[] {
    return modelRoles.filter(role => (this.#roles[role].modelId ?? (role === 'completion' ? this.engine.modelId : null)) === id)
  }

  #follow(): void {
    if (this.#choices.roles().completion === null) this.#roles.completion.assign(this.engine.model)
  }

  /** On the list, or loaded without being on it, as a file that a setting names. Throws MODEL_NOT_FOUND. */
  async #find(id: string): Promise<Model> {
    return this.pool.find(id)?.model ?? (await this.#list.get(id))
  }

  /** A file in the settings comes first, then what was last loaded, then the starter. */
  async #choose(): Promise<Model> {
    const { 'model.path': path } = await this.#settings.values()
    if (path !== '') {
      const model = await this.#list.read(path)
      this.#listChanges.tell()
      return model
    }
    return this.#list.get(this.#choices.roles().chat ?? starterId).catch(() => this.#list.get(starterId))
  }

  async #chooseFor(role: Exclude<ModelRole, 'chat'>): Promise<Model> {
    const id = this.#choices.roles()[role]
    if (id !== null) return this.#find(id)
    if (role === 'completion') return this.engine.model ?? (await this.#choose())
    throw new AppError('MODEL_NOT_LOADED', {})
  }

  async #onSettings(): Promise<void> {
    const before = this.#lastSettings
    const now = await this.#settings.values()
    this.#lastSettings = now
    if (!before) return
    const isOther = before['model.path'] !== now['model.path']
    const reaches = ['model.contextTokens', 'model.threads', 'model.device', 'model.sequences'] as const
    if (reaches.some(key => before[key] !== now[key])) await this.pool.reload()
    if (before['model.memoryBudget'] !== now['model.memoryBudget']) this.pool.tell()
    if (!isOther || this.engine.state.status === 'empty') return
    const next = await this.#choose().catch(() => null)
    if (next) await this.#replaceChat(next)
  }

  /** As the settings say, which keeps what a person chose otherwise for a later time. */
  async #replaceChat(model: Model): Promise<void> {
    const former = this.engine.model
    this.engine.assign(model)
    this.#follow()
    const replaced = this.pool.seats.filter(seat => seat.model.id === former?.id && this.#rolesOf(seat.model.id).length === 0)
    await this.pool.load(model, replaced).catch(() => undefined)
  }
}
