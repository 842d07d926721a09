import type { LlamaContextSequence, SequenceEvaluateOptions, Token } from 'node-llama-cpp'
import { priorityOf, type BatchTurns } from './batch-turns.ts'
import { ChunkSize } from './chunk-size.ts'
import type { Predictor } from './speculation.ts'

export interface LaneTask {
  prompt: readonly Token[]
  sampling: Omit<SequenceEvaluateOptions, 'evaluationPriority' | 'yieldEogToken' | 'contextShift'>
  /** The same prompt then always gives the same numbers, when nothing else runs: what is in memory is used only where it was computed as it would be now. */
  isRepeatable?: boolean
  /** Takes another token than llama.cpp chose, knowing the probabilities of all, likeliest first. */
  choose?(chosen: Token, probabilities: ReadonlyMap<Token, number>): Token
  /** Called with each new token; false ends the run. */
  onToken(token: Token): boolean
  onStart?(reusedTokens: number): void
}

interface LaneParts {
  /** From 1; where lanes compete for room in a batch the highest goes first. */
  number: number
  isFill: boolean
  sequence: LlamaContextSequence
  turns: BatchTurns
  batchSize: number
  /** Tokens of one step of a repeatable run. */
  repeatableStep: number
  predictor: Predictor | null
}

/** One sequence of the context and what it still holds: a prompt that begins as the last one did is only read from where it differs. */
export class Lane {
  readonly #parts: LaneParts
  readonly #chunk: ChunkSize
  /** How many tokens at the beginning were computed in steps of `repeatableStep`, alone. */
  #repeatableTokens = 0

  constructor(parts: LaneParts) {
    this.#parts = parts
    this.#chunk = new ChunkSize(parts.batchSize)
  }

  get sequence(): LlamaContextSequence {
    return this.#parts.sequence
  }

  /** How many tokens at the beginning of a prompt it still holds. */
  sharedWith(prompt: readonly Token[]): number {
    return this.#parts.sequence.compareContextTokens([...prompt]).firstDifferentIndex
  }

  /** Tokens that speculation guessed on this lane so far, and how many of them were right. */
  get drafted(): { tokens: number; accepted: number } {
    const { validated, refuted } = this.#parts.sequence.tokenPredictions
    return { tokens: validated + refuted, accepted: validated }
  }

  /** Throws the signal's reason; the sequence is free again as soon as the step under way ends. Whoever calls has the lane for itself. */
  async run(task: LaneTask, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const { sequence, turns, number, predictor } = this.#parts
    predictor?.begin(task)
    await sequence.adaptStateToTokens(task.prompt.slice(0, this.#usableTokens(task)), false)
    const reused = sequence.nextTokenIndex
    this.#repeatableTokens = Math.min(this.#repeatableTokens, reused)
    task.onStart?.(reused)
    turns.enter(number)
    try {
      const rest = await this.#prefill(task, task.prompt.slice(reused), signal)
      await this.#decode(rest, task, signal)
    } finally {
      turns.leave(number)
    }
  }

  /** Forgets everything. */
  async clear(): Promise<void> {
    await this.#parts.sequence.clearHistory()
    this.#repeatableTokens = 0
  }

  /** Takes a state from a file that is known to be sound; false where llama.cpp does not take it, and the lane is then empty. */
  async restore(path: string): Promise<boolean> {
    this.#repeatableTokens = 0
    try {
      await this.#parts.sequence.loadStateFromFile(path, { acceptRisk: true })
      return true
    } catch {
      return false
    }
  }

  #usableTokens({ prompt, isRepeatable }: LaneTask): number {
    const most = prompt.length - 1
    if (!isRepeatable) return most
    const usable = Math.min(most, this.#repeatableTokens, this.sharedWith(prompt))
    return usable - (usable % this.#parts.repeatableStep)
  }

  /** Reads a prompt in chunks, so that a cancel or a completion never waits for all of it; gives back the last chunk. */
  async #prefill(task: LaneTask, tokens: readonly Token[], signal: AbortSignal): Promise<readonly Token[]> {
    const { sequence, turns, number, isFill, batchSize, repeatableStep } = this.#parts
    let rest = tokens
    for (;;) {
      const most = task.isRepeatable ? repeatableStep : Math.min(this.#chunk.tokens, Math.max(1, Math.floor(batchSize / turns.running)))
      if (rest.length <= most) break
      if (!isFill) await this.#letCompletionsPass(signal)
      signal.throwIfAborted()
      const chunk = rest.slice(0, most)
      const isExact = task.isRepeatable && turns.isAlone(number) && this.#repeatableTokens === sequence.nextTokenIndex
      const start = performance.now()
      await turns.ask(number)
      await sequence.evaluateWithoutGeneratingNewTokens([...chunk], { evaluationPriority: priorityOf(number) })
      if (isExact && turns.isAlone(number)) this.#repeatableTokens += chunk.length
      turns.rest(number)
      if (!task.isRepeatable) this.#chunk.took(performance.now() - start)
      rest = rest.slice(chunk.length)
    }
    signal.throwIfAborted()
    // Models with a running state can only go back to where it was kept.
    if (sequence.needsCheckpoints && tokens.length > rest.length) await sequence.takeCheckpoint()
    return rest
  }

  async #letCompletionsPass(signal: AbortSignal): Promise<void> {
    const { turns, number } = this.#parts
    turns.leave(number)
    await turns.quiet(1000, signal)
    turns.enter(number)
  }

  async #decode(tokens: readonly Token[], task: LaneTask, signal: AbortSignal): Promise<void> {
    const { sequence, turns, number } = this.#parts
    const iterator = sequence.evaluateWithMetadata([...tokens], task.choose ? { probabilities: true } : {}, { ...task.sampling, evaluationPriority: priorityOf(number), yieldEogToken: true })
    try {
      let taken: Token | undefined
      for (;;) {
        await turns.ask(number)
        const { value, done } = await (taken === undefined ? iterator.next() : iterator.next(taken))
        turns.rest(number)
        signal.throwIfAborted()
        if (done) return
        // The library's type tells of probabilities only where they are always asked for.
        const { token, probabilities } = value as { token: Token; probabilities?: ReadonlyMap<Token, number> }
        taken = task.choose && probabilities ? task.choose(token, probabilities) : token
        if (!task.onToken(taken)) return
      }
    } finally {
      await iterator.return()
    }
  }
}
