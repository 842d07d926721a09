import type { ContractRouterClient } from '@orpc/contract'
import { isAppError } from '#shared/errors.ts'
import type { ChatTurn, inference, MeasuredSpeculation } from '../../../native/inference/contract.ts'
import type { Log } from '../../platform/log/log.ts'
import type { Guessing } from './engine-speculation.ts'

interface Dependencies {
  client: () => Pick<ContractRouterClient<typeof inference>, 'warmUp' | 'measureSpeculation'>
  /** True while the model is loaded and nobody asks it. */
  isFree: () => boolean
  guessing: Guessing
  onMeasured: (measured: MeasuredSpeculation | null) => void
  log: Log
}

/** What a model does while nobody asks: one thing at a time, which ends as soon as somebody does. */
export class EngineRest {
  readonly #dependencies: Dependencies
  #under: AbortController | null = null
  #isMeasuring = false

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  /** True while it does something. */
  get isUnderWay(): boolean {
    return this.#under !== null
  }

  /** True while the model's process compares ways to guess ahead. */
  get isMeasuring(): boolean {
    return this.#isMeasuring
  }

  /** Ends what is under way. */
  interrupt(): void {
    this.#under?.abort()
  }

  /** Reads the beginning of a prompt into memory, where it is not there and little is lost for it. False where it is to be tried again: somebody asked meanwhile. */
  async warmUp(turns: readonly ChatTurn[]): Promise<boolean> {
    return await this.#use('Not warmed up', async signal => void (await this.#dependencies.client().warmUp({ turns: [...turns] }, { signal })))
  }

  /** Measures whether guessing ahead is faster here, and guesses from then on where it is. What was interrupted is wanted again; what failed is not tried before the next load. */
  async measureSpeculation(): Promise<void> {
    const { client, guessing, onMeasured } = this.#dependencies
    if (!guessing.isUnmeasured) return
    await this.#use('Not measured whether guessing is faster', async signal => {
      let measured: MeasuredSpeculation | null = null
      this.#isMeasuring = true
      try {
        measured = await client().measureSpeculation(undefined, { signal })
      } catch (error) {
        if (isAppError(error) && error.code === 'MODEL_COMPUTE_FAILED') guessing.keepCrash()
        throw error
      } finally {
        this.#isMeasuring = false
        if (!signal.aborted) guessing.keep(measured)
      }
      if (!signal.aborted) onMeasured(measured)
    })
  }

  /** False where something else is under way, and where it was interrupted. */
  async #use(failed: string, work: (signal: AbortSignal) => Promise<void>): Promise<boolean> {
    const { isFree, log } = this.#dependencies
    if (this.#under || !isFree()) return false
    const own = new AbortController()
    this.#under = own
    try {
      await work(own.signal)
    } catch (error) {
      if (!own.signal.aborted) log.info(failed, { code: isAppError(error) ? error.code : 'unknown' })
    } finally {
      this.#under = null
    }
    return !own.signal.aborted
  }
}
