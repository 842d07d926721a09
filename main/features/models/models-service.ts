import { z } from 'zod'
import type { EngineState, Model, ModelsEvent } from '#shared/contract/models.ts'
import type { Settings } from '#shared/setting-definitions.ts'
import { Listeners } from '../../platform/live/listeners.ts'
import { liveStream } from '../../platform/live/live-stream.ts'
import { TurnTaker } from '../../platform/live/turn-taker.ts'
import { changeIfRoom } from '../../platform/storage/change-if-room.ts'
import { collectionIfOpen } from '../../platform/storage/collection-if-open.ts'
import type { Storage } from '../../platform/storage/storage.ts'
import { EngineService } from './engine-service.ts'
import { EngineThreads } from './engine-threads.ts'
import { ModelList, starterId } from './model-list.ts'

type ModelSettings = Pick<Settings, 'model.path' | 'model.contextTokens' | 'model.threads' | 'model.device' | 'model.loadAtStart'>
type EngineDependencies = ConstructorParameters<typeof EngineService>[0]

interface Dependencies extends Pick<EngineDependencies, 'worker' | 'audit' | 'log'> {
  storage: Storage
  resources: string
  settings: { values(): Promise<ModelSettings>; onChange(listener: () => void): () => void }
}

/** The list of models and the engine that runs one of them. */
export class ModelsService {
  readonly engine: EngineService
  readonly #list: ModelList
  readonly #settings: Dependencies['settings']
  readonly #chosen: { get(): string | null; put(id: string): void }
  readonly #listChanges = new Listeners<void>()
  readonly #stopListening: () => void
  #lastSettings: ModelSettings | null = null

  constructor({ storage, resources, settings, worker, audit, log }: Dependencies) {
    this.#list = new ModelList({ storage, resources })
    this.#settings = settings
    const kept = collectionIfOpen(storage, 'engine', z.string())
    this.#chosen = { get: () => kept()?.get('chosen') ?? null, put: id => changeIfRoom(() => kept()?.put('chosen', id)) }
    this.engine = new EngineService({ worker, audit, log, settings: () => settings.values(), threads: new EngineThreads(storage), chooseModel: () => this.#choose() })
    this.#stopListening = settings.onChange(() => void this.#onSettings())
  }

  /** Loads the chosen model where the settings say so. */
  async start(): Promise<void> {
    this.#lastSettings = await this.#settings.values()
    if (this.#lastSettings['model.loadAtStart']) await this.engine.ready().catch(() => undefined)
  }

  list(): Promise<Model[]> {
    return this.#list.all()
  }

  /** `source`: where the file comes from, where somebody knows; else as it was, or added by its path. */
  async add(path: string, source?: Model['source']): Promise<Model> {
    const model = await this.#list.add(path, source)
    this.#listChanges.tell()
    return model
  }

  remove(id: string): void {
    this.#list.remove(id)
    this.#listChanges.tell()
  }

  async load(id: string): Promise<EngineState> {
    const model = this.engine.model?.id === id ? this.engine.model : await this.#list.get(id)
    const state = await this.engine.load(model)
    this.#chosen.put(id)
    return state
  }

  unload(): Promise<void> {
    return this.engine.unload()
  }

  watch(signal?: AbortSignal): AsyncGenerator<ModelsEvent> {
    return liveStream<ModelsEvent>(
      async (push, fail) => {
        const turns = new TurnTaker()
        let hasTold = false
        const tell = async (): Promise<void> => {
          const models = await this.#shown()
          push({ type: 'snapshot', models, engine: this.engine.state, activity: this.engine.activity.now })
          hasTold = true
        }
        // The snapshot comes first and says what changed before it.
        const change = (event: ModelsEvent): void => {
          if (hasTold) push(event)
        }
        const stops = [
          this.#listChanges.add(() => void turns.take('', tell).catch(fail)),
          this.engine.onChange(engine => change({ type: 'engine-changed', engine })),
          this.engine.onActivity(activity => change({ type: 'activity-changed', activity })),
        ]
        await turns.take('', tell)
        return () => stops.forEach(stop => stop())
      },
      { signal },
    )
  }

  dispose(): void {
    this.#stopListening()
    this.engine.dispose()
  }

  /** With a model that a setting names and that was never added. */
  async #shown(): Promise<Model[]> {
    const models = await this.#list.all()
    const { model } = this.engine
    return !model || models.some(({ id }) => id === model.id) ? models : [...models, model]
  }

  /** A file in the settings comes first, then what was last loaded, then the starter. */
  async #choose(): Promise<Model> {
    const { 'model.path': path } = await this.#settings.values()
    if (path !== '') {
      const model = await this.#list.read(path)
      this.#listChanges.tell()
      return model
    }
    return this.#list.get(this.#chosen.get() ?? starterId).catch(() => this.#list.get(starterId))
  }

  async #onSettings(): Promise<void> {
    const before = this.#lastSettings
    const now = await this.#settings.values()
    this.#lastSettings = now
    if (!before) return
    const keys = ['model.path', 'model.contextTokens', 'model.threads', 'model.device'] as const
    if (keys.every(key => before[key] === now[key]) || this.engine.state.status === 'empty') return
    const { model } = this.engine
    const next = before['model.path'] !== now['model.path'] || !model ? await this.#choose().catch(() => null) : model
    if (next) await this.engine.load(next).catch(() => undefined)
  }
}
