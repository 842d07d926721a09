import type { BatchItem, PrioritizedBatchItem } from 'node-llama-cpp'

type Phase = 'resting' | 'asking' | 'decoding'

/** The chat comes second: its tokens are read, ghost text is waited for. */
export const lanePriority = { chat: 4, fill: 5 } as const
export type LaneName = keyof typeof lanePriority

/**
 * Decides when llama.cpp decodes. Left alone, two sequences fall out of step: each is decoded while the other is being sampled, so that no
 * batch ever holds both. Here a batch waits until every running sequence has asked, and a sequence that runs alone is decoded at once.
 */
export class BatchTurns {
  readonly #phases = new Map<LaneName, Phase>()
  #waiting: (() => void) | null = null
  #isChecking = false
  readonly #quietListeners = new Set<() => void>()

  enter(lane: LaneName): void {
    this.#phases.set(lane, 'resting')
  }

  leave(lane: LaneName): void {
    this.#phases.delete(lane)
    if (lane === 'fill') for (const listener of this.#quietListeners) listener()
    this.#checkSoon()
  }

  /** A sequence is about to ask for its next step. */
  ask(lane: LaneName): void {
    this.#phases.set(lane, 'asking')
    this.#checkSoon()
  }

  /** It has its result. */
  rest(lane: LaneName): void {
    this.#phases.set(lane, 'resting')
  }

  /** Resolves when no completion runs, or after `milliseconds` at the latest: a long prompt lets completions pass. */
  async quiet(milliseconds: number): Promise<void> {
    if (!this.#phases.has('fill')) return
    await new Promise<void>(resolve => {
      const go = (): void => {
        clearTimeout(timer)
        this.#quietListeners.delete(go)
        resolve()
      }
      const timer = setTimeout(go, milliseconds)
      this.#quietListeners.add(go)
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
      this.#phases.set(item.evaluationPriority === lanePriority.fill ? 'fill' : 'chat', 'decoding')
      return { item, processAmount }
    })
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
