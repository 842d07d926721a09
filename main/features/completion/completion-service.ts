import type { Completion } from '#shared/contract/completion.ts'
import { AppError } from '#shared/errors.ts'
import type { Label } from '#shared/sensitivity.ts'
import type { Audit } from '../../platform/audit/audit.ts'
import { recordIfPossible } from '../../platform/audit/record-if-possible.ts'
import type { ContextGate } from '../../platform/labels/context-gate.ts'
import type { Engine } from '../models/engine.ts'
import { chooseScope } from './choose-scope.ts'
import { fitCompletion } from './fit-completion.ts'
import { repeatsItself } from './repeats-itself.ts'

/** More text than this never reaches the model: its context is smaller. */
const mostCharacters = 40_000
const mostRefused = 1000
/** The end of the text before the cursor is enough to know it again. */
const mostHashed = 2000

interface Request {
  prefix: string
  suffix: string
  scope: 'auto' | 'line' | 'block'
  maxTokens: number
  caller?: string | undefined
  /** The file that the text stands in; null for text of the caller's own. */
  file?: { workspaceId: string | null; folder: string | null; path: string } | null | undefined
}

/** Suggestions at a cursor. */
export class CompletionService {
  readonly #engine: Pick<Engine, 'complete' | 'ready'>
  readonly #gate: ContextGate
  readonly #audit: Audit
  /** Files that were refused: told once, not at every key. */
  readonly #refused = new Set<string>()
  readonly #running = new Map<string, AbortController>()

  constructor(engine: Pick<Engine, 'complete' | 'ready'>, gate: ContextGate, audit: Audit) {
    this.#engine = engine
    this.#gate = gate
    this.#audit = audit
  }

  /** A newer request of the same caller ends an older one, which is answered with nothing. Throws CONTEXT_REFUSED for text of a secret file, as `Engine.complete`, or the signal's reason. */
  async complete(request: Request, signal?: AbortSignal): Promise<Completion> {
    const scope = request.scope === 'auto' ? chooseScope(request.prefix, request.suffix) : request.scope
    const newer = this.#takePlace(request.caller)
    try {
      const all = signal ? AbortSignal.any([signal, newer.signal]) : newer.signal
      const { prefix, suffix, maxTokens } = request
      const label = await this.#label(request, all)
      const filled = await this.#engine.complete({ prefix: prefix.slice(-mostCharacters), suffix: suffix.slice(0, mostCharacters), scope, maxTokens }, all)
      this.#record(request, filled)
      return { ...filled, text: repeatsItself(filled.text) ? '' : fitCompletion(filled.text, suffix), scope, label }
    } catch (error) {
      signal?.throwIfAborted()
      if (newer.signal.aborted) return { text: '', tokens: 0, promptTokens: 0, milliseconds: 0, scope, label: 'internal', stopReason: 'end-of-scope' }
      throw error
    } finally {
      if (request.caller !== undefined && this.#running.get(request.caller) === newer) this.#running.delete(request.caller)
    }
  }

  /** One entry for each request that the model answered; those that were given up on the way said nothing to anybody. */
  #record({ prefix, file }: Request, { promptTokens, tokens }: { promptTokens: number; tokens: number }): void {
    const details = { hash: this.#audit.digest(prefix.slice(-mostHashed)), promptTokens, tokens }
    recordIfPossible(this.#audit, { kind: 'prompt.completion', actor: 'completion', outcome: 'done', ...(file ? { subject: file.path } : {}), details })
  }

  async #label({ file }: Request, signal: AbortSignal): Promise<Label> {
    // Without a file it is what the caller typed, as a question is.
    if (!file) return 'internal'
    const { destination } = await this.#engine.ready(signal)
    const key = `${file.workspaceId ?? ''}\0${file.folder ?? ''}\0${file.path}`
    const [judged] = await this.#gate.judge({ who: 'completion', place: file, items: [{ path: file.path, text: '' }], overrides: [], destination, isRecorded: !this.#refused.has(key) })
    if (judged?.decision === 'sent') {
      this.#refused.delete(key)
      return judged.label
    }
    if (this.#refused.size >= mostRefused) this.#refused.clear()
    this.#refused.add(key)
    throw new AppError('CONTEXT_REFUSED', { path: file.path, label: judged?.label ?? 'secret', rule: judged?.rule ?? 'unknown' })
  }

  #takePlace(caller: string | undefined): AbortController {
    const controller = new AbortController()
    if (caller === undefined) return controller
    this.#running.get(caller)?.abort()
    this.#running.set(caller, controller)
    return controller
  }
}
