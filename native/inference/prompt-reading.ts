import { leastTokensRead } from '#shared/reading-speed.ts'
import type { GenerateStep } from './contract.ts'
import type { EventQueue } from './event-queue.ts'

const tellMilliseconds = 250

/** Tells how far the prompt of an answer is read. */
export class PromptReading {
  readonly #queue: EventQueue<GenerateStep>
  readonly #now: () => number
  #state: { freshTokens: number; readTokens: number; startedAt: number; toldAt: number } | null = null

  constructor(queue: EventQueue<GenerateStep>, now = (): number => performance.now()) {
    this.#queue = queue
    this.#now = now
  }

  /** `freshTokens`: those that are not in memory. */
  begin(freshTokens: number): void {
    const startedAt = this.#now()
    this.#state = freshTokens < leastTokensRead ? null : { freshTokens, readTokens: 0, startedAt, toldAt: startedAt }
  }

  read(tokens: number): void {
    if (!this.#state) return
    this.#state.readTokens += tokens
    if (this.#now() - this.#state.toldAt >= tellMilliseconds) this.#tell(this.#state.readTokens)
  }

  /** The first token is written. */
  end(): void {
    if (this.#state) this.#tell(this.#state.freshTokens)
    this.#state = null
  }

  #tell(readTokens: number): void {
    if (!this.#state) return
    const now = this.#now()
    this.#state.toldAt = now
    this.#queue.push({ type: 'prompt-read', readTokens, milliseconds: now - this.#state.startedAt })
  }
}
