import type { LlamaContextSequence, Token } from 'node-llama-cpp'
import type { Guesser, GuesserName } from './speculation.ts'
import type { TokenLoop } from './token-loop.ts'
import type { TokenSampling } from './token-run.ts'

export interface LaneTask {
  prompt: readonly Token[]
  sampling: TokenSampling
  /** The same prompt then always gives the same numbers, when nothing else runs: what is in memory is used only where it was computed as it would be now, and nothing is guessed, since a guess changes the batches. */
  isRepeatable?: boolean
  /** Takes another token than llama.cpp chose, knowing the probabilities of all, likeliest first. */
  choose?(chosen: Token, probabilities: ReadonlyMap<Token, number>): Token
  /** Called with each new token; false ends the run. */
  onToken(token: Token): boolean
  onStart?(reusedTokens: number): void
  /** A part of the prompt was read; not called for its last, which gives the first token. */
  onRead?(tokens: number): void
}

interface LaneParts {
  loop: TokenLoop
  sequence: LlamaContextSequence
  isFill: boolean
  /** Tokens of one step of a repeatable run. */
  repeatableStep: number
  guessers?: Partial<Record<GuesserName, Guesser>>
}

/** One sequence of the context and what it still holds: a prompt that begins as the last one did is only read from where it differs. */
export class Lane {
  readonly #parts: LaneParts
  #guesser: Guesser | null = null
  /** How many tokens at the beginning were computed in steps of `repeatableStep`, alone. */
  #repeatableTokens = 0
  readonly #drafted = { tokens: 0, accepted: 0 }

  constructor(parts: LaneParts) {
    this.#parts = parts
  }

  get contextSize(): number {
    return this.#parts.sequence.contextSize
  }

  /** How many tokens it holds. */
  get length(): number {
    return this.#parts.sequence.nextTokenIndex
  }

  /** How many tokens at the beginning of a prompt it still holds. */
  sharedWith(prompt: readonly Token[]): number {
    return this.#parts.sequence.compareContextTokens([...prompt]).firstDifferentIndex
  }

  /** Tokens that speculation guessed on this lane so far, and how many of them were right. */
  get drafted(): { tokens: number; accepted: number } {
    return { ...this.#drafted }
  }

  get canGuess(): boolean {
    return Object.keys(this.#parts.guessers ?? {}).length > 0
  }

  /** How tokens are guessed ahead from now on. */
  choose(guesser: GuesserName | null): void {
    this.#guesser = guesser ? (this.#parts.guessers?.[guesser] ?? null) : null
  }

  /** Throws the signal's reason; the sequence is free again as soon as the step under way ends. Whoever calls has the lane for itself. */
  async run(task: LaneTask, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const { loop, sequence, isFill, repeatableStep } = this.#parts
    const { prompt, sampling, isRepeatable = false, choose, onToken } = task
    await loop.between(() => sequence.adaptStateToTokens(prompt.slice(0, this.#usableTokens(task)), false))
    const reused = sequence.nextTokenIndex
    this.#repeatableTokens = Math.min(this.#repeatableTokens, reused)
    task.onStart?.(reused)
    await loop.run(
      {
        sequence,
        tokens: prompt.slice(reused),
        sampling,
        isFill,
        step: isRepeatable ? repeatableStep : null,
        guesser: isRepeatable ? null : this.#guesser,
        choose,
        onToken,
        onRead: (tokens, isAlone) => {
          const isExact = isRepeatable && isAlone && this.#repeatableTokens + tokens === sequence.nextTokenIndex
          if (isExact) this.#repeatableTokens += tokens
          task.onRead?.(tokens)
        },
        onGuessed: (tokens, right) => {
          this.#drafted.tokens += tokens
          this.#drafted.accepted += right
        },
      },
      signal,
    )
  }

  /** Forgets everything. */
  async clear(): Promise<void> {
    const { loop, sequence } = this.#parts
    await loop.between(() => sequence.clearHistory())
    this.#repeatableTokens = 0
  }

  /** Writes what it holds to a file. */
  async save(path: string): Promise<void> {
    const { loop, sequence } = this.#parts
    await loop.between(() => sequence.saveStateToFile(path))
  }

  /** Takes a state from a file that is known to be sound; false where llama.cpp does not take it, and the lane is then empty. */
  async restore(path: string): Promise<boolean> {
    const { loop, sequence } = this.#parts
    this.#repeatableTokens = 0
    try {
      await loop.between(() => sequence.loadStateFromFile(path, { acceptRisk: true }))
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
}
