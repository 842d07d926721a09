import { availableParallelism, cpus } from 'node:os'
import type { Model } from '#shared/contract/models.ts'
import { SpeculationOutcome, type Speculation } from '#shared/speculation.ts'
import type { LoadedModel, LoadRequest, MeasuredSpeculation } from '../../../native/inference/contract.ts'
import { systemClock, type Clock } from '../../platform/clock/clock.ts'
import { changeIfRoom } from '../../platform/storage/change-if-room.ts'
import { collectionIfOpen } from '../../platform/storage/collection-if-open.ts'
import type { Collection, Storage } from '../../platform/storage/storage.ts'

/** What of a load makes one way to guess faster than another. */
export type SpeculationPlan = Partial<Pick<LoadRequest, 'device' | 'gpuLayers' | 'kvCacheType' | 'threads' | 'draftPath' | 'loras'>>

/** Another llama.cpp is measured anew. Of node-llama-cpp, which only the model's process loads. */
export const engineVersion = '3.22.1'

/** They stay the same, and take long to ask for. */
const [cores, processor] = [availableParallelism(), cpus()[0]?.model ?? '']

/** Which way to guess ahead was fastest for a model, loaded in one way, on this machine. While the database stays shut, for this run only. */
export class SpeculationOutcomes {
  readonly #kept: () => Collection<SpeculationOutcome> | null
  readonly #unkept = new Map<string, SpeculationOutcome>()
  readonly #clock: Clock

  constructor(storage: Storage, clock: Clock = systemClock) {
    this.#kept = collectionIfOpen(storage, 'engine-speculation', SpeculationOutcome)
    this.#clock = clock
  }

  recall(model: Model, plan: SpeculationPlan): SpeculationOutcome | null {
    const key = keyOf(model, plan)
    return this.#unkept.get(key) ?? this.#kept()?.get(key) ?? null
  }

  keep(model: Model, plan: SpeculationPlan, { winner, speeds }: MeasuredSpeculation): SpeculationOutcome {
    return this.#put(model, plan, { winner, factor: Math.max(speeds.lookup ?? 0, speeds.draft ?? 0) / speeds.off })
  }

  /** The model's process ended over the measurement: without this it would end over the next one too. */
  keepCrash(model: Model, plan: SpeculationPlan): SpeculationOutcome {
    return this.#put(model, plan, { winner: 'off', factor: 0, hasCrashed: true })
  }

  /** All that is known of a model. */
  forget(modelId: string): void {
    const beginning = JSON.stringify([modelId]).slice(0, -1)
    for (const key of [...this.#unkept.keys()]) if (key.startsWith(`${beginning},`)) this.#unkept.delete(key)
    changeIfRoom(() => this.#kept()?.entries(`${beginning},`).forEach(({ key }) => this.#kept()?.delete(key)))
  }

  #put(model: Model, plan: SpeculationPlan, facts: Omit<SpeculationOutcome, 'measuredAt'>): SpeculationOutcome {
    const outcome = { ...facts, measuredAt: this.#clock.now().getTime() }
    const key = keyOf(model, plan)
    this.#unkept.set(key, outcome)
    changeIfRoom(() => this.#kept()?.put(key, outcome))
    return outcome
  }
}

/** How one loaded model guesses ahead, and what came of it. */
export class Guessing {
  readonly #outcomes: SpeculationOutcomes
  #now: Speculation | null = null
  #wanted: { model: Model; plan: SpeculationPlan } | null = null

  constructor(outcomes: SpeculationOutcomes) {
    this.#outcomes = outcomes
  }

  get now(): Speculation | null {
    return this.#now
  }

  /** True until it was measured, or could not be. */
  get isUnmeasured(): boolean {
    return this.#wanted !== null
  }

  /** It was loaded so. */
  begin(model: Model, plan: SpeculationPlan & { speculation?: LoadRequest['speculation'] }, { speculation, canMeasureSpeculation = false }: LoadedModel): void {
    this.#wanted = canMeasureSpeculation ? { model, plan } : null
    const planned = plannedSpeculation(this.#outcomes, model, plan)
    const isWanted = planned.isChosen || planned.outcome ? planned.way !== 'off' : !canMeasureSpeculation
    this.#now = speculation ? { ...planned, way: speculation, ...(isWanted && speculation === 'off' && { obstacle: 'impossible' }) } : null
  }

  /** Null: it could not be measured and is not tried again before the next load. */
  keep(measured: MeasuredSpeculation | null): void {
    const wanted = this.#wanted
    this.#wanted = null
    if (!wanted || !this.#now) return
    if (!measured) {
      this.#now = { ...this.#now, obstacle: 'unmeasured' }
      return
    }
    const outcome = this.#outcomes.keep(wanted.model, wanted.plan, measured)
    this.#now = { ...this.#now, way: outcome.winner, outcome }
  }

  /** The model's process ended over the measurement, or llama.cpp could not go on. */
  keepCrash(): void {
    const wanted = this.#wanted
    this.#wanted = null
    if (wanted && this.#now) this.#now = { ...this.#now, outcome: this.#outcomes.keepCrash(wanted.model, wanted.plan) }
  }

  count({ tokens, accepted }: { tokens: number; accepted: number }): void {
    if (this.#now) this.#now = { ...this.#now, guessed: this.#now.guessed + tokens, accepted: this.#now.accepted + accepted }
  }
}

/** How a model would guess ahead that is not loaded. */
export function plannedSpeculation(outcomes: SpeculationOutcomes, model: Model, plan: SpeculationPlan & { speculation?: LoadRequest['speculation'] }): Speculation {
  const none = { guessed: 0, accepted: 0 }
  if (plan.speculation !== 'auto') return { way: plan.speculation ?? 'off', isChosen: true, outcome: null, ...none }
  const outcome = outcomes.recall(model, plan)
  return { way: outcome?.winner ?? 'off', isChosen: false, outcome, ...none }
}

function keyOf(model: Model, { device, gpuLayers, kvCacheType, threads, draftPath, loras = [] }: SpeculationPlan): string {
  return JSON.stringify([model.id, model.sizeBytes, engineVersion, cores, processor, device ?? null, gpuLayers ?? null, kvCacheType ?? null, threads ?? null, draftPath ?? null, loras])
}
