import { DraftSequenceTokenPredictor, InputLookupTokenPredictor, TokenPredictor, type LlamaContextSequence, type Token } from 'node-llama-cpp'
import type { LaneTask } from './lane.ts'

/** A shorter match than this is chance more often than a quotation. */
const leastMatch = 3
const mostGuessed = 10
/** Waiting for fewer than this gains nothing; without waiting the large model is always first. */
const leastDrafted = 3

type ResetParameters = Parameters<TokenPredictor['reset']>[0]

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
      lookup: new InputLookupTokenPredictor({ patternLength: { min: leastMatch }, predictionLength: { max: mostGuessed } }),
      ...(draft && { draft: new DraftSequenceTokenPredictor(draft, { minTokens: leastDrafted, maxTokens: mostGuessed }) }),
    }
  }

  choose(guesser: Guesser | null): void {
    this.#chosen = guesser ? (this.#guessers[guesser] ?? null) : null
  }

  begin(task: LaneTask): void {
    this.#used = task.isRepeatable || task.choose ? null : this.#chosen
    this.#used?.updateInputTokens([...task.prompt])
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
