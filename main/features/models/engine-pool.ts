import { rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { EngineState, MemoryBudget, Model, ModelOptions, ModelOptionsChange, ModelRole, Resident } from '#shared/contract/models.ts'
import { AppError } from '#shared/errors.ts'
import type { LoadPlan } from '#shared/load-plan.ts'
import type { Settings } from '#shared/setting-definitions.ts'
import type { LoadedModel } from '../../../native/inference/contract.ts'
import type { Audit } from '../../platform/audit/audit.ts'
import { systemClock, type Clock } from '../../platform/clock/clock.ts'
import { Listeners } from '../../platform/live/listeners.ts'
import { TurnTaker } from '../../platform/live/turn-taker.ts'
import type { Log } from '../../platform/log/log.ts'
import type { CardLook, MachineMemory, Memory } from '../../platform/memory/memory.ts'
import type { ModelSpeed } from '../hardware/hardware-service.ts'
import type { EngineSettings } from './engine-dependencies.ts'
import { EngineService } from './engine-service.ts'
import { plannedSpeculation, type SpeculationOutcomes } from './engine-speculation.ts'
import type { EngineThreads } from './engine-threads.ts'
import { freeForModels, hostBytes, memoryBudget } from './memory-budget.ts'
import type { ModelChoices } from './model-options.ts'
import type { ModelPlanner, PlanSettings } from './model-planner.ts'
import type { PlannedRequest } from './model-load.ts'
import { plannedRequest, type Circumstances } from './planned-request.ts'
import { readsOf, Seat, type InferenceWorker } from './seat.ts'
import { byPriority } from './seat-priority.ts'

export type PoolSettings = EngineSettings & PlanSettings & Pick<Settings, 'model.memoryBudget' | 'model.idleMinutes'>

interface Dependencies {
  /** A process for one model, not started yet; `reads` is asked at its start, and `scratch` is all that it may write. */
  makeWorker: (name: string, rights: { reads: () => readonly string[]; scratch: string | null }) => InferenceWorker
  /** A folder in memory, for one process. */
  makeScratch?: (name: string) => string | null
  memory: Memory
  planner: Pick<ModelPlanner, 'plan' | 'layersRead' | 'demandDraft'>
  settings: () => Promise<PoolSettings>
  choices: ModelChoices
  /** Throws MODEL_NOT_FOUND. */
  findModel: (id: string) => Promise<Model>
  rolesOf: (modelId: string) => readonly ModelRole[]
  threads: EngineThreads
  outcomes: SpeculationOutcomes
  clock?: Clock
  /** Told how fast models write. */
  onSpeed?: (speed: ModelSpeed) => void
  audit: Audit
  log: Log
}

/** A process that does not answer any more is not waited for. */
const closeMilliseconds = 2000
const lookMilliseconds = 15_000
/** A model that answers somebody is asked again within this time more often than not. */
const restMilliseconds = 10_000
/** A refusal for want of memory holds this long before it is looked at again. */
const refusalMilliseconds = 5000

/** The models that are loaded, each in a process of its own, within one budget of memory. */
export class EnginePool {
  readonly #dependencies: Dependencies
  readonly #seats = new Map<string, Seat>()
  readonly #closing = new Map<string, Promise<void>>()
  readonly #evicted = new WeakSet<EngineService>()
  readonly #changes = new Listeners<void>()
  readonly #turns = new TurnTaker()
  readonly #timer: NodeJS.Timeout
  readonly #clock: Clock
  #waitingFor: (modelId: string) => number = () => 0
  #machine: MachineMemory = { totalBytes: 0, freeBytes: 0, gpu: null }

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
    this.#clock = dependencies.clock ?? systemClock
    this.#timer = setInterval(() => void this.look().catch(() => undefined), lookMilliseconds)
    this.#timer.unref()
  }

  /** Told when a model is loaded, changes or goes, and when it does something. */
  onChange(listener: () => void): () => void {
    return this.#changes.add(listener)
  }

  get seats(): readonly Seat[] {
    return [...this.#seats.values()]
  }

  find(modelId: string): Seat | null {
    return this.#seats.get(modelId) ?? null
  }

  /** True where it went to make room, and not because somebody wanted it gone. */
  wasEvicted(engine: EngineService): boolean {
    return this.#evicted.has(engine)
  }

  /** The model's seat, made where there is none. */
  seat(model: Model): Seat {
    const known = this.#seats.get(model.id)
    if (known) return known
    const name = this.#freeName()
    const { makeWorker, makeScratch, choices } = this.#dependencies
    const scratch = makeScratch?.(name) ?? null
    const seat: Seat = new Seat({ name, model, options: choices.options(model.id), scratch, worker: makeWorker(name, { reads: () => seat.reads, scratch }), engine: own => this.#engine(own) })
    this.#seats.set(model.id, seat)
    seat.engine.onChange(state => {
      if (state.status === 'failed') seat.failedAt = this.#clock.monotonic()
      if (state.status === 'loading' || state.status === 'restarting') this.#interruptRest()
      this.#changes.tell()
    })
    seat.engine.onActivity(() => this.#changes.tell())
    return seat
  }

  /** The seat to ask; one that was refused for want of memory is tried again after a while. */
  async seatToAsk(model: Model): Promise<Seat> {
    await this.#closing.get(model.id)
    const known = this.find(model.id)
    const state = known?.engine.state
    if (known && state?.status === 'failed' && state.error.code === 'MODEL_DOES_NOT_FIT' && this.#clock.monotonic() - known.failedAt > refusalMilliseconds) await this.unload(model.id)
    return this.seat(model)
  }

  /** Loads a model where it is not, or where its options have changed; `replaces` go for it. Throws the error that its state then tells too. */
  async load(model: Model, replaces: readonly Seat[] = []): Promise<EngineState> {
    await this.#closing.get(model.id)
    const known = this.find(model.id)
    const isOther = known && loadedBy(known.options) !== loadedBy(this.#dependencies.choices.options(model.id))
    if (known && (isOther || known.engine.state.status === 'failed' || (known.card.isOff && (await this.#hasCard())))) await this.unload(model.id)
    const seat = this.seat(model)
    seat.replaces = replaces.filter(other => other !== seat)
    const { engine } = seat
    const { status } = engine.state
    if (status === 'empty') await engine.load(model)
    else await engine.ready()
    await Promise.all(seat.replaces.filter(other => this.find(other.model.id) === other).map(other => this.unload(other.model.id)))
    seat.replaces = []
    return engine.state
  }

  async unload(modelId: string): Promise<void> {
    const seat = this.#seats.get(modelId)
    if (!seat) return this.#closing.get(modelId)
    this.#seats.delete(modelId)
    const closing = close(seat).finally(() => this.#closing.delete(modelId))
    this.#closing.set(modelId, closing)
    this.#changes.tell()
    await closing
  }

  /** Loads every model again that the settings reach. */
  async reload(): Promise<void> {
    const loaded = this.seats.filter(({ engine }) => engine.state.status !== 'empty')
    for (const { model } of loaded) {
      await this.unload(model.id)
      await this.load(model).catch(() => undefined)
    }
  }

  /** As a load would go now, beside what is loaded. */
  async plan(model: Model, change: ModelOptionsChange): Promise<LoadPlan> {
    const { choices, settings } = this.#dependencies
    const [values] = await Promise.all([settings(), this.#measure('planned')])
    const options = { ...choices.options(model.id), ...Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) }
    const others = this.seats.filter(seat => seat.model.id !== model.id)
    const given = this.#freed(this.seats.filter(seat => seat.model.id === model.id))
    // One that is not used yet is looked at all the same before it is kept.
    if (change.draft) await this.draft(model, { ...options, speculation: 'draft' })
    const draft = await this.draft(model, options)
    const { plan, request } = await this.#planned({ model, options, settings: values, memory: freeForModels(given, shareOf(values), others.map(seat => seat.holding)), draft }, { hasCard: this.#machine.gpu !== null, device: values['model.device'] })
    return { ...plan, ...(model.use === 'generate' && { speculation: plannedSpeculation(this.#dependencies.outcomes, model, request) }) }
  }

  /** The model that drafts with these options; null where none is loaded for it. Throws MODEL_OPTION_INVALID where it cannot, and as `plan`. */
  async draft(model: Model, { draft: id, speculation }: Pick<ModelOptions, 'draft' | 'speculation'>): Promise<Model | null> {
    if (id === null || speculation === 'off' || speculation === 'lookup') return null
    const draft = await this.#dependencies.findModel(id).catch((cause: unknown) => {
      throw new AppError('MODEL_OPTION_INVALID', { id: model.id, option: 'draft', reason: 'The model that is to draft for it is not on the list' }, { cause })
    })
    await this.#dependencies.planner.demandDraft(model, draft)
    return draft
  }

  async residents(): Promise<{ residents: Resident[]; budget: MemoryBudget }> {
    const { settings, choices } = this.#dependencies
    const [values] = await Promise.all([settings(), this.#measure()])
    return { residents: this.seats.map(seat => seat.describe(choices.isPinned(seat.model.id), this.#machine.gpu !== null, this.#waitingFor(seat.model.id))), budget: memoryBudget(this.#machine, shareOf(values), this.seats.map(seat => seat.holding)) }
  }

  tell(): void {
    this.#changes.tell()
  }

  /** True where no model is asked, loaded or started again, and none uses its rest. */
  get isQuiet(): boolean {
    return this.seats.every(({ engine }) => !engine.activity.isBusy && engine.state.status !== 'loading' && engine.state.status !== 'restarting' && !engine.rest.isUnderWay)
  }

  /** Counts calls that wait for a model elsewhere, before they come to it. */
  countWaiting(of: (modelId: string) => number): void {
    this.#waitingFor = of
  }

  async dispose(): Promise<void> {
    clearInterval(this.#timer)
    await Promise.all([...this.#seats.keys()].map(id => this.unload(id)))
    await Promise.all(this.#closing.values())
  }

  #engine(seat: Seat): EngineService {
    const { settings, threads, outcomes, audit, log, choices } = this.#dependencies
    return new EngineService({
      worker: seat.worker,
      name: seat.name,
      settings,
      chooseModel: async () => seat.model,
      threads,
      outcomes,
      audit,
      log,
      clock: this.#clock,
      onBegin: () => this.#interruptRest(),
      planning: { plan: async () => await this.#turns.take('', async () => await this.#admit(seat)), replan: error => seat.replan(error) },
      onSpeed: (tokensPerSecond, facts) => void this.#tellSpeed(seat.model, tokensPerSecond, facts).catch(() => undefined),
      // As it is chosen now: unlike the other options it needs no load.
      preset: () => choices.presetOf(seat.model.id),
    })
  }

  async #tellSpeed(model: Model, tokensPerSecond: number, { device, gpuLayers }: LoadedModel): Promise<void> {
    const { onSpeed, planner } = this.#dependencies
    const layers = onSpeed && model.use === 'generate' ? await planner.layersRead(model) : null
    if (layers !== null) onSpeed?.({ modelId: model.id, sizeBytes: model.sizeBytes, layers, tokensPerSecond, device, gpuLayers })
  }

  /** Makes room where it must, and settles how the model is loaded. Throws MODEL_DOES_NOT_FIT and leaves everybody where they are. */
  async #admit(seat: Seat): Promise<PlannedRequest> {
    const { settings, rolesOf, choices } = this.#dependencies
    // Nobody makes way for one that was unloaded while it waited for its turn.
    const demandOpen = (): void => {
      if (seat.engine.isClosed) throw new AppError('MODEL_NOT_LOADED', {})
    }
    demandOpen()
    const isDoubted = seat.card.isOpen
    const [values] = await Promise.all([settings(), this.#measure(isDoubted ? 'afresh' : 'planned')])
    if (isDoubted) seat.settleCard(this.#machine.gpu !== null)
    const draft = await this.draft(seat.model, seat.options)
    const others = this.seats.filter(other => other !== seat)
    const isFree = (other: Seat): boolean => !choices.isPinned(other.model.id) && other.engine.idleMilliseconds > 0
    const candidates = [...seat.replaces.filter(other => others.includes(other)), ...byPriority(seat, others.filter(other => isFree(other) && !seat.replaces.includes(other)), rolesOf)]
    for (let count = 0; count <= candidates.length; count++) {
      const going = candidates.slice(0, count)
      const free = freeForModels(this.#freed(going), shareOf(values), others.filter(other => !going.includes(other)).map(other => other.holding))
      const memory = seat.card.isOff ? { ...free, freeGpuBytes: null } : free
      const { plan, request } = await this.#planned(
        { model: seat.model, options: seat.options, settings: values, memory, draft, belowBytes: seat.belowBytes },
        { hasCard: this.#machine.gpu !== null && !seat.card.isOff, device: seat.card.isOff ? 'cpu' : values['model.device'] },
      )
      if (count === 0 && !plan.fits) seat.refused = plan
      if (!plan.fits) continue
      // While it was planned, somebody may have asked one of them.
      if (going.some(other => !seat.replaces.includes(other) && !isFree(other))) return await this.#admit(seat)
      demandOpen()
      for (const other of going) this.#evicted.add(other.engine)
      await Promise.all(going.map(other => this.unload(other.model.id)))
      Object.assign(seat, { plan, refused: null, reads: readsOf(seat.model, seat.options, draft) })
      return request
    }
    const plan = seat.refused
    seat.plan = null
    const suggestion = plan?.smaller ? { ...plan.smaller, smaller: null } : null
    throw new AppError('MODEL_DOES_NOT_FIT', { id: seat.model.id, neededBytes: plan ? hostBytes(plan) : 0, freeBytes: plan?.freeBytes ?? 0, suggestion })
  }

  /** The machine as it will be without these. */
  #freed(going: readonly Seat[]): MachineMemory {
    const bytes = going.reduce((sum, { measured }) => sum + (measured ? measured.bytes - measured.fileBytes : 0), 0)
    const gpuBytes = going.reduce((sum, { plan, holding }) => sum + (plan && holding.isLoaded ? plan.gpuBytes : 0), 0)
    const { gpu } = this.#machine
    return { ...this.#machine, freeBytes: this.#machine.freeBytes + bytes, gpu: gpu && { ...gpu, freeBytes: Math.min(gpu.totalBytes, gpu.freeBytes + gpuBytes) } }
  }

  /** A draft model that was measured not to help is not loaded, and takes no memory. */
  async #planned(asked: Parameters<ModelPlanner['plan']>[0], how: Pick<Circumstances, 'hasCard' | 'device'>): Promise<{ plan: LoadPlan; request: PlannedRequest }> {
    const { planner, outcomes } = this.#dependencies
    const { model, options, draft } = asked
    const made = async (counted: Model | null): Promise<{ plan: LoadPlan; request: PlannedRequest }> => {
      const plan = await planner.plan({ ...asked, draft: counted })
      // What was measured is found by the draft model too, counted or not.
      return { plan, request: plannedRequest(plan, options, { ...how, draft }) }
    }
    const without = await made(null)
    const winner = draft && options.speculation === 'auto' ? outcomes.recall(model, without.request)?.winner : undefined
    return draft === null || (winner !== undefined && winner !== 'draft') ? without : await made(draft)
  }

  /** Whether a card can be used, looked at afresh. */
  async #hasCard(): Promise<boolean> {
    await this.#measure('afresh')
    return this.#machine.gpu !== null
  }

  async #measure(card: CardLook = 'shown'): Promise<void> {
    const { memory } = this.#dependencies
    const [machine] = await Promise.all([
      memory.machine(card),
      ...this.seats.map(async seat => {
        const running = seat.worker.state.status === 'running' ? await seat.worker.process() : null
        seat.measured = running ? await memory.process(running.pid) : null
      }),
    ])
    this.#machine = machine
  }

  /** Lets go of what nobody has asked for a while, and uses the rest of the others; it does so by itself every 15 s. */
  async look(): Promise<void> {
    const minutes = (await this.#dependencies.settings())['model.idleMinutes']
    const idle = minutes === 0 ? [] : this.seats.filter(seat => !this.#dependencies.choices.isPinned(seat.model.id) && seat.engine.idleMilliseconds > minutes * 60_000)
    for (const seat of idle) {
      // While others were let go, somebody may have asked it.
      if (seat.engine.idleMilliseconds <= minutes * 60_000) continue
      this.#evicted.add(seat.engine)
      this.#dependencies.log.info('A model was idle and is let go', { modelId: seat.model.id, minutes })
      await this.unload(seat.model.id)
    }
    await this.#useRest()
  }

  /** Measures what is still to be measured, one model at a time and never beside an answer of any. */
  async #useRest(): Promise<void> {
    if (!this.isQuiet || this.seats.some(({ engine }) => engine.idleMilliseconds < restMilliseconds)) return
    await this.seats.find(({ engine }) => engine.guessing.isUnmeasured)?.engine.rest.measureSpeculation()
  }

  #interruptRest(): void {
    for (const { engine } of this.seats) engine.rest.interrupt()
  }

  #freeName(): string {
    const taken = new Set([...this.#seats.values()].map(({ name }) => name))
    for (let number = 1; ; number++) {
      const name = number === 1 ? 'inference' : `inference-${number}`
      if (!taken.has(name)) return name
    }
  }
}

/** What of the options a process has to be started anew for. */
function loadedBy(options: ModelOptions): string {
  return JSON.stringify({ ...options, preset: null })
}

function shareOf(values: PoolSettings): number {
  return values['model.memoryBudget'] / 100
}

async function close({ engine, worker, scratch }: Seat): Promise<void> {
  const given = new AbortController()
  const isPrompt = await Promise.race([
    engine.close().then(() => true, () => false),
    sleep(closeMilliseconds, false, { signal: given.signal }).catch(() => false),
  ])
  given.abort()
  await worker.dispose(isPrompt ? undefined : 0)
  if (scratch) await rm(scratch, { recursive: true, force: true })
}
