import type { Completion } from '#shared/contract/completion.ts'
import { errorCatalog, type ErrorData } from '#shared/errors.ts'
import { foreseen } from '../../../rpc/follow.ts'
import { GhostCache, type CursorWindow } from './ghost-cache.ts'
import type { GhostOutcome } from './ghost-status.ts'

export interface Ask extends CursorWindow {
  language: string
}

export interface GhostSourceOptions {
  complete: (ask: Ask & { maxTokens: number }, signal: AbortSignal) => Promise<Completion>
  settings: () => { isEnabled: boolean; debounce: number; maxTokens: number }
  onOutcome: (outcome: GhostOutcome) => void
}

/** Where suggestions come from: the cache at once, the model after a short rest. One request at a time; a newer one ends the older. */
export class GhostSource {
  readonly cache = new GhostCache()
  readonly #options: GhostSourceOptions
  constructor(options: GhostSourceOptions) {
    this.#options = options
  }

  /** A suggestion that is known already, without waiting: null when the model must be asked. */
  known(ask: Ask): string | null {
    return this.cache.find(ask)
  }

  /** Asks the model; `''` when there is nothing to show, with the reason in the outcome. Never rejects. */
  async ask(ask: Ask, signal: AbortSignal, options: { isImmediate: boolean }): Promise<string> {
    const { debounce, maxTokens } = this.#options.settings()
    if (!options.isImmediate && !(await rest(debounce, signal))) return ''
    try {
      const completion = await this.#options.complete({ ...ask, maxTokens }, signal)
      if (signal.aborted) return ''
      // The host answers with nothing, and no prompt read, where another window's request took the place of this one.
      if (completion.promptTokens > 0 || completion.text !== '') this.cache.put(ask, completion.text)
      this.#options.onOutcome(completion.text.trim() === '' ? { kind: 'empty' } : { kind: 'shown', tokens: completion.tokens, milliseconds: completion.milliseconds })
      return completion.text
    } catch (error) {
      const refusal = refusalOf(error)
      this.#options.onOutcome(signal.aborted ? { kind: 'cancelled' } : refusal ? { kind: 'refused', ...refusal } : { kind: 'failed', error })
      return ''
    }
  }
}

function refusalOf(error: unknown): ErrorData<'CONTEXT_REFUSED'> | null {
  const failure = foreseen(error)
  if (failure?.code !== 'CONTEXT_REFUSED') return null
  return errorCatalog.CONTEXT_REFUSED.safeParse(failure.data).data ?? null
}

/** False when the wait was cut short. */
function rest(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false)
  if (milliseconds === 0) return Promise.resolve(true)
  return new Promise(resolve => {
    const timer = setTimeout(() => resolve(true), milliseconds)
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer)
        resolve(false)
      },
      { once: true },
    )
  })
}
