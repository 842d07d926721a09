import { DraftSequenceTokenPredictor, TokenPredictor, type LlamaContextSequence, type Token } from 'node-llama-cpp'
import type { LaneTask } from './lane.ts'

/** A shorter match than this is chance more often than a quotation. */
const leastMatch = 3
const mostGuessed = 10
/** Waiting for fewer than this gains nothing; without waiting the large model is always first. */
const leastDrafted = 3

type ResetParameters = Parameters<TokenPredictor['reset']>[0]

/** A longer match says no more. */
const mostMatch = 12

/** Guesses that what followed the last tokens before follows them again. The library's own looks into the prompt only, and finds its end first. */
class Lookup extends TokenPredictor {
  #tokens: Token[] = []

  override reset({ stateTokens }: ResetParameters): void {
    this.#tokens = [...stateTokens]
  }

  override pushTokens(tokens: Token[]): void {
    this.#tokens.push(...tokens)
  }

  override predictTokens(): Token[] {
    let best = { at: 0, length: leastMatch - 1 }
    for (let at = this.#tokens.length - 1; at >= leastMatch && best.length < mostMatch; at--) {
      const length = this.#matchBefore(at)
      if (length > best.length) best = { at, length }
    }
    return best.at === 0 ? [] : this.#tokens.slice(best.at, best.at + mostGuessed)
  }

  /** How many tokens before `at` are as those at the end. */
  #matchBefore(at: number): number {
    const tokens = this.#tokens
    let length = 0
    while (length < mostMatch && length < at && tokens[at - 1 - length] === tokens[tokens.length - 1 - length]) length++
    return length
  }
}

export type Guesser = 'lookup' | 'draft'

/** Ways to guess tokens, one of which is used, or none. A run that must be repeatable guesses nothing, since a guess changes the batches. */
export class Predictor extends TokenPredictor {
  readonly #guessers: Partial<Record<Guesser, TokenPredictor>>
  #chosen: TokenPredictor | null = null
  #used: TokenPredictor | null = null

  /** `draft`: a sequence of a small model with the same vocabulary. */
  constructor(draft: LlamaContextSequence | null) {
    super()
    this.#guessers = {
      lookup: new Lookup(),
      ...(draft && { draft: new DraftSequenceTokenPredictor(draft, { minTokens: leastDrafted, maxTokens: mostGuessed }) }),
    }
  }

  choose(guesser: Guesser | null): void {
    this.#chosen = guesser ? (this.#guessers[guesser] ?? null) : null
  }

  begin(task: LaneTask): void {
    this.#used = task.isRepeatable || task.choose ? null : this.#chosen
  }

  override reset(parameters: ResetParameters): Promise<void> | void {
    return this.#used?.reset(parameters)
  }

  override pushTokens(tokens: Token[]): void {
    this.#used?.pushTokens(tokens)
  }

  override predictTokens(): Promise<Token[]> | Token[] {
    return this.#used?.predictTokens() ?? []
  }

  override stop(untilPredictionsExhausted?: boolean): Promise<void> | void {
    return this.#used?.stop(untilPredictionsExhausted)
  }

  override dispose(): void {
    for (const guesser of Object.values(this.#guessers)) void guesser.dispose()
  }
}
