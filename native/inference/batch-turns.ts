import type { BatchItem, EvaluationPriority, PrioritizedBatchItem } from 'node-llama-cpp'

type Phase = 'resting' | 'asking' | 'decoding'

/** The library's type knows five priorities and its code any number: here each lane has one of its own, by which a batch tells who is in it. */
export const priorityOf = (lane: number): EvaluationPriority => lane as EvaluationPriority

/**
 * Decides when llama.cpp decodes. Left alone, sequences fall out of step: each is decoded while another is being sampled, so that hardly a
 * batch holds all of them. Here a lane that has its token waits for the others of its batch before it asks for the next one, and a batch
 * waits until every running lane has asked. A lane that runs alone is decoded at once. Lanes are numbered from 1; the highest goes first.
 */
export class BatchTurns {
  readonly #phases = new Map<number, Phase>()
  readonly #fillLane: number | null
  #waiting: (() => void) | null = null
  #isChecking = false
  #settled: (() => void)[] = []
  readonly #quietListeners = new Set<() => void>()

  /** `fillLane`: whose work passes before that of all others. */
  constructor(fillLane: number | null) {
    this.#fillLane = fillLane
  }

  enter(lane: number): void {
    this.#phases.set(lane, 'resting')
  }

  leave(lane: number): void {
    this.#phases.delete(lane)
    if (lane === this.#fillLane) for (const listener of this.#quietListeners) listener()
    this.#settle()
    this.#checkSoon()
  }

  isAlone(lane: number): boolean {
    return this.#phases.size === 1 && this.#phases.has(lane)
  }

  /** How many lanes run. */
  get running(): number {
    return this.#phases.size
  }

  /** A lane is about to ask for its next step; it does so at once when this resolves. */
  async ask(lane: number): Promise<void> {
    while (this.#isDecoding()) await new Promise<void>(resolve => this.#settled.push(resolve))
    this.#phases.set(lane, 'asking')
    this.#checkSoon()
  }

  /** It has its result. */
  rest(lane: number): void {
    this.#phases.set(lane, 'resting')
    this.#settle()
  }

  /** Resolves when no completion runs, or after `milliseconds` at the latest: a long prompt lets completions pass. */
  async quiet(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (this.#fillLane === null || !this.#phases.has(this.#fillLane)) return
    await new Promise<void>(resolve => {
      const go = (): void => {
        clearTimeout(timer)
        this.#quietListeners.delete(go)
        signal.removeEventListener('abort', go)
        resolve()
      }
      const timer = setTimeout(go, milliseconds)
      this.#quietListeners.add(go)
      signal.addEventListener('abort', go, { once: true })
    })
  }

  /** For `batching.dispatchSchedule`. */
  readonly schedule = (dispatch: () => void): void => {
    if (this.#phases.size <= 1) return dispatch()
    this.#waiting = dispatch
    this.#checkSoon()
  }

  /** For `batching.itemPrioritizationStrategy`: called when a batch is made, which is the only sure sign of who is in it. */
  readonly prioritize = ({ items, size }: { items: readonly BatchItem[]; size: number }): PrioritizedBatchItem[] => {
    let left = size
    const sorted = [...items].sort((a, b) => b.evaluationPriority - a.evaluationPriority)
    return sorted.map((item, index) => {
      // Every sequence gets at least one token of the batch.
      const processAmount = Math.min(item.tokens.length, left - (sorted.length - index - 1))
      left -= processAmount
      if (this.#phases.has(item.evaluationPriority)) this.#phases.set(item.evaluationPriority, 'decoding')
      return { item, processAmount }
    })
  }

  #isDecoding(): boolean {
    for (const phase of this.#phases.values()) if (phase === 'decoding') return true
    return false
  }

  #settle(): void {
    if (this.#settled.length === 0 || this.#isDecoding()) return
    const settled = this.#settled
    this.#settled = []
    for (const go of settled) go()
  }

  // After the microtasks: whoever asks now has then queued its tokens.
  #checkSoon(): void {
    if (!this.#waiting || this.#isChecking) return
    this.#isChecking = true
    setImmediate(() => {
      this.#isChecking = false
      const dispatch = this.#waiting
      if (!dispatch || [...this.#phases.values()].some(phase => phase !== 'asking')) return
      this.#waiting = null
      dispatch()
    })
  }
}
