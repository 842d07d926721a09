import { AppError } from '#shared/errors.ts'
import type { LoadPlan } from '#shared/load-plan.ts'
import { isCrash } from './engine-faults.ts'

/** A card that is there and has failed a model this often is not used for it any more. */
const mostFailures = 2

/** What one model met with on the graphics card, and whether it may use it still. */
export class CardDoubt {
  #what = ''
  #failures = 0
  #isOpen = false
  #verdict: 'gone' | 'failing' | null = null

  /** True until the card was looked at again. */
  get isOpen(): boolean {
    return this.#isOpen
  }

  /** True where the model is kept off the card. */
  get isOff(): boolean {
    return this.#verdict !== null
  }

  /** The model was on the card. False where the error says nothing about that. */
  failed(error: AppError): boolean {
    if (isCrash(error) && /^(signal|exit code)/.test(error.data.reason)) {
      this.#what = `Its process ended (${error.data.reason}) while it used the graphics card`
      // So the system ends a process when memory is short, and Cortex one that gives no sign of life.
      if (error.data.reason !== 'signal SIGKILL') this.#failures++
    } else if (error.code === 'MODEL_COMPUTE_FAILED') {
      this.#what = 'llama.cpp could not go on while it used the graphics card'
      this.#failures++
    } else if (error.code === 'MODEL_LOAD_FAILED' && this.#what !== '') {
      this.#what = 'It could not be loaded on the graphics card again'
      this.#failures = mostFailures
    } else return false
    this.#isOpen = true
    return true
  }

  /** The card was looked at again. True where the model is kept off it from now on. */
  settle(isThere: boolean): boolean {
    if (!this.#isOpen) return false
    this.#isOpen = false
    if (isThere && this.#failures < mostFailures) return false
    this.#verdict = isThere ? 'failing' : 'gone'
    return true
  }

  /** In whole sentences; null where there is nothing to say. */
  words(plan: LoadPlan | null, isThere: boolean): string | null {
    if (this.#isOpen) return `${this.#what}; the card is looked at again, and the model is being started again.`
    if (!this.#verdict) return null
    const why = this.#verdict === 'gone' ? 'and the card was not found when it was looked at again' : 'although the card is there'
    const way = plan ? `, with ${plan.contextTokens.toLocaleString('en-US')} tokens of context and a ${plan.kvCacheType} cache` : ''
    return `${this.#what}, ${why}: it runs on the processor now${way}.${isThere ? ' The card is there: load the model again to use it.' : ''}`
  }
}
