import type { GenerateStep, TokenLogprob } from './contract.ts'
import type { EventQueue } from './event-queue.ts'

const gatherMilliseconds = 16

/** Gathers text over 16 ms so that the wire carries frames, not tokens. The first text leaves at once. */
export class AnswerEvents {
  readonly #queue: EventQueue<GenerateStep>
  #type: 'text' | 'reasoning' = 'text'
  #text = ''
  #logprobs: TokenLogprob[] = []
  #lastSent = -Infinity

  constructor(queue: EventQueue<GenerateStep>) {
    this.#queue = queue
  }

  /** `tokens`: all so far. */
  say(type: 'text' | 'reasoning', text: string, tokens: number): void {
    if (type !== this.#type) this.flush(tokens)
    this.#type = type
    this.#text += text
  }

  addLogprob(logprob: TokenLogprob): void {
    this.#logprobs.push(logprob)
  }

  /** To be called after each token. */
  passed(tokens: number, now: number): void {
    if (this.#text === '' || now - this.#lastSent < gatherMilliseconds) return
    this.#lastSent = now
    this.flush(tokens)
  }

  flush(tokens: number): void {
    const text = this.#text
    if (text === '') return
    this.#text = ''
    if (this.#type === 'reasoning') return this.#queue.push({ type: 'reasoning-delta', text, tokens })
    const logprobs = this.#logprobs
    this.#logprobs = []
    this.#queue.push({ type: 'text-delta', text, tokens, ...(logprobs.length > 0 && { logprobs }) })
  }
}
