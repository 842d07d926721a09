import { randomUUID } from 'node:crypto'
import type { EgressAnswer, EgressQuestion } from '#shared/contract/egress.ts'
import { AppError } from '#shared/errors.ts'
import type { Clock } from '../clock/clock.ts'
import { Listeners } from '../live/listeners.ts'

/** A question that nobody answers is refused after this. */
export const answerMilliseconds = 60_000
/** More than these at once are no questions for a person. */
const mostPending = 20

type Asked = Pick<EgressQuestion, 'feature' | 'why' | 'host' | 'port' | 'isLocal' | 'unmasked'>

interface Pending {
  question: EgressQuestion
  waiting: Set<(answer: EgressAnswer) => void>
  timer: ReturnType<typeof setTimeout>
}

/** Questions that wait for the person's word. The same question is asked once, however many wait for its answer. */
export class EgressQuestions {
  readonly #clock: Clock
  readonly #milliseconds: number
  readonly #pending = new Map<string, Pending>()
  readonly #changes = new Listeners<void>()

  constructor(clock: Clock, milliseconds = answerMilliseconds) {
    this.#clock = clock
    this.#milliseconds = milliseconds
  }

  pending(): EgressQuestion[] {
    return [...this.#pending.values()].map(({ question }) => question)
  }

  find(id: string): EgressQuestion {
    const found = this.#pending.get(id)
    if (!found) throw new AppError('EGRESS_QUESTION_NOT_FOUND', { id })
    return found.question
  }

  /** Resolves to `refuse` when nobody answers in time; rejects when the signal aborts. */
  async ask(asked: Asked, signal: AbortSignal): Promise<EgressAnswer> {
    signal.throwIfAborted()
    // What would leave differs from request to request.
    const same = asked.unmasked ? undefined : [...this.#pending.values()].find(({ question }) => !question.unmasked && question.feature === asked.feature && question.host === asked.host && question.port === asked.port)
    if (!same && this.#pending.size >= mostPending) return 'refuse'
    const pending = same ?? this.#open(asked)
    return await new Promise<EgressAnswer>((resolve, reject) => {
      const leave = (): void => {
        pending.waiting.delete(settle)
        if (pending.waiting.size === 0) this.#close(pending)
        reject(signal.reason)
      }
      const settle = (answer: EgressAnswer): void => {
        signal.removeEventListener('abort', leave)
        resolve(answer)
      }
      pending.waiting.add(settle)
      signal.addEventListener('abort', leave, { once: true })
    })
  }

  /** Throws EGRESS_QUESTION_NOT_FOUND. */
  answer(id: string, answer: EgressAnswer): void {
    this.find(id)
    const pending = this.#pending.get(id)
    if (!pending) return
    this.#close(pending)
    for (const settle of pending.waiting) settle(answer)
  }

  /** Refuses all: the mode changed, or the host ends. */
  refuseAll(): void {
    for (const id of [...this.#pending.keys()]) this.answer(id, 'refuse')
  }

  onChange(listener: () => void): () => void {
    return this.#changes.add(listener)
  }

  #open({ feature, why, host, port, isLocal, unmasked }: Asked): Pending {
    const askedAt = this.#clock.now()
    const question: EgressQuestion = { id: randomUUID(), feature, why, host, port, isLocal, ...(unmasked ? { unmasked } : {}), askedAt, expiresAt: new Date(askedAt.getTime() + this.#milliseconds) }
    const timer = setTimeout(() => this.answer(question.id, 'refuse'), this.#milliseconds).unref()
    const pending: Pending = { question, waiting: new Set(), timer }
    this.#pending.set(question.id, pending)
    this.#changes.tell()
    return pending
  }

  #close(pending: Pending): void {
    clearTimeout(pending.timer)
    if (this.#pending.delete(pending.question.id)) this.#changes.tell()
  }
}
