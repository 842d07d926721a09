import type { ContractRouterClient } from '@orpc/contract'
import type { Model, ModelOptions, Resident } from '#shared/contract/models.ts'
import { AppError } from '#shared/errors.ts'
import { pathsOfModel } from '#shared/gguf/model-files.ts'
import type { LoadPlan } from '#shared/load-plan.ts'
import type { inference, LoadedModel } from '../../../native/inference/contract.ts'
import type { ProcessMemory } from '../../platform/memory/memory.ts'
import type { SupervisedWorker } from '../../platform/workers/supervised-worker.ts'
import type { EngineService } from './engine-service.ts'
import { CardDoubt } from './card-doubt.ts'
import { isOnCard } from './engine-faults.ts'
import { heldBytes, type Holding } from './memory-budget.ts'
import { isMemoryDeath } from './memory-death.ts'

export type InferenceWorker = Pick<SupervisedWorker<typeof inference>, 'state' | 'onCrash' | 'onRestart' | 'restart' | 'stop' | 'process' | 'dispose'> & { client: ContractRouterClient<typeof inference> }

/** A place for one model: its process, the plan that it was loaded by, and how it is. */
export class Seat {
  readonly name: string
  readonly model: Model
  readonly options: ModelOptions
  readonly worker: InferenceWorker
  /** A folder in memory that its process may write; null where there is none. */
  readonly scratch: string | null
  readonly engine: EngineService
  plan: LoadPlan | null = null
  /** What the last plan took, after a death of memory: the next one takes less. */
  belowBytes: number | undefined
  /** Why a smaller plan was taken. */
  shrunkBecause: string | null = null
  /** What happened to the model on the graphics card. */
  readonly card = new CardDoubt()
  measured: ProcessMemory | null = null
  /** The plan that did not fit. */
  refused: LoadPlan | null = null
  /** Files that its process has to read; settled when it is planned. */
  reads: readonly string[] = []
  /** Seats that it takes the place of: they go before any other. */
  replaces: readonly Seat[] = []
  failedAt = 0

  constructor(parts: { name: string; model: Model; options: ModelOptions; worker: InferenceWorker; scratch: string | null; engine: (seat: Seat) => EngineService }) {
    this.name = parts.name
    this.model = parts.model
    this.options = parts.options
    this.worker = parts.worker
    this.scratch = parts.scratch
    this.engine = parts.engine(this)
  }

  get holding(): Holding {
    const isGone = this.engine.state.status === 'failed'
    return { modelId: this.model.id, plan: isGone ? null : this.plan, measured: this.measured, isLoaded: this.engine.state.status === 'ready' }
  }

  /** Takes another plan at the next load: a smaller one after a death of memory, and one without the card where that proves gone. False where there is none. */
  replan(error: AppError): boolean {
    const { facts } = this.engine
    const wasOnCard = facts ? isOnCard(facts) : (this.plan?.gpuLayers ?? 0) > 0
    const isDoubted = wasOnCard && this.card.failed(error)
    return this.#shrink(error) || isDoubted
  }

  /** The card was looked at again: whether the next plan may use it. */
  settleCard(isThere: boolean): void {
    if (!this.card.settle(isThere)) return
    // It was no want of memory. Whatever of the former plan memory has room for is right.
    this.shrunkBecause = null
    if (this.plan) this.belowBytes = this.plan.totalBytes + 1
  }

  #shrink(error: AppError): boolean {
    if (!isMemoryDeath(error) || !this.plan?.smaller) return false
    this.belowBytes = this.plan.totalBytes
    this.shrunkBecause = error instanceof AppError && error.code === 'WORKER_CRASHED' ? `Its process ended (${(error.data as { reason: string }).reason})` : 'llama.cpp found too little memory'
    return true
  }

  /** `waiting`: calls that wait for the model before they come to it. */
  describe(isPinned: boolean, hasCard: boolean, waiting = 0): Resident {
    const { state, facts, activity, lastUsedAt, guessing } = this.engine
    const status = state.status === 'empty' ? 'loading' : state.status
    return {
      modelId: this.model.id,
      process: this.name,
      status,
      ratio: state.status === 'loading' ? state.ratio : status === 'ready' ? 1 : 0,
      plan: this.plan ?? this.refused,
      facts: facts && factsOf(facts),
      isPinned,
      memoryBytes: this.measured?.bytes ?? heldBytes(this.holding),
      lastUsedAt,
      activity: { ...activity.now, queued: activity.now.queued + waiting },
      ...(state.status === 'ready' && guessing.now && { speculation: guessing.now }),
      reason: this.#reason(hasCard),
      error: state.status === 'failed' ? state.error : null,
    }
  }

  #reason(hasCard: boolean): string | null {
    const { state } = this.engine
    const card = this.card.words(this.plan, hasCard)
    if (state.status === 'restarting') return this.card.isOpen ? card : `Its process ended (${state.reason}) and is being started again.`
    const again = this.shrunkBecause && this.plan ? `${this.shrunkBecause}: it was loaded again with a smaller plan, ${this.plan.contextTokens.toLocaleString('en-US')} tokens of context and a ${this.plan.kvCacheType} cache.` : null
    return [card, again, this.plan?.reason ?? null].filter(part => part !== null).join(' ') || null
  }
}

function factsOf({ contextTokens, threads, device, gpuLayers, sequences, canChat, canFill, fillMode, canEmbed, canRerank, dimensions }: LoadedModel): NonNullable<Resident['facts']> {
  return { contextTokens, threads, device, gpuLayers, sequences, canChat, canFill, fillMode, canEmbed, canRerank, dimensions }
}

/** Absolute paths of the files that a model's process has to read. */
export function readsOf(model: Model, options: ModelOptions, draft: Model | null): string[] {
  return [...pathsOfModel(model.path), ...(draft ? pathsOfModel(draft.path) : []), ...options.loras.map(({ path }) => path)]
}
