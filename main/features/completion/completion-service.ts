import type { Completion } from '#shared/contract/completion.ts'
import type { Engine } from '../models/engine.ts'
import { chooseScope } from './choose-scope.ts'
import { fitCompletion } from './fit-completion.ts'
import { repeatsItself } from './repeats-itself.ts'

/** More text than this never reaches the model: its context is smaller. */
const mostCharacters = 40_000

interface Request {
  prefix: string
  suffix: string
  scope: 'auto' | 'line' | 'block'
  maxTokens: number
  caller?: string | undefined
}

/** Suggestions at a cursor. */
export class CompletionService {
  readonly #engine: Pick<Engine, 'complete'>
  readonly #running = new Map<string, AbortController>()

  constructor(engine: Pick<Engine, 'complete'>) {
    this.#engine = engine
  }

  /** A newer request of the same caller ends an older one, which is answered with nothing. Throws as `Engine.complete`, or the signal's reason. */
  async complete(request: Request, signal?: AbortSignal): Promise<Completion> {
    const scope = request.scope === 'auto' ? chooseScope(request.prefix, request.suffix) : request.scope
    const newer = this.#takePlace(request.caller)
    try {
      const all = signal ? AbortSignal.any([signal, newer.signal]) : newer.signal
      const { prefix, suffix, maxTokens } = request
      const filled = await this.#engine.complete({ prefix: prefix.slice(-mostCharacters), suffix: suffix.slice(0, mostCharacters), scope, maxTokens }, all)
      return { ...filled, text: repeatsItself(filled.text) ? '' : fitCompletion(filled.text, suffix), scope }
    } catch (error) {
      signal?.throwIfAborted()
      if (newer.signal.aborted) return { text: '', tokens: 0, promptTokens: 0, milliseconds: 0, scope, stopReason: 'end-of-scope' }
      throw error
    } finally {
      if (request.caller !== undefined && this.#running.get(request.caller) === newer) this.#running.delete(request.caller)
    }
  }

  #takePlace(caller: string | undefined): AbortController {
    const controller = new AbortController()
    if (caller === undefined) return controller
    this.#running.get(caller)?.abort()
    this.#running.set(caller, controller)
    return controller
  }
}
