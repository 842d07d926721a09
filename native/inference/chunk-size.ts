const targetMilliseconds = 150
/** Below this the threads cost more to wake than the tokens to read. */
const leastTokens = 32

/** How many tokens of a prompt to read in one step: few enough for a prompt cancel, many enough for speed. Learns from each step. */
export class ChunkSize {
  readonly #most: number
  tokens: number

  constructor(most: number) {
    this.#most = most
    this.tokens = Math.min(64, most)
  }

  took(milliseconds: number): void {
    if (milliseconds < targetMilliseconds / 2) this.tokens = Math.min(this.#most, this.tokens * 2)
    else if (milliseconds > targetMilliseconds * 1.5) this.tokens = Math.max(leastTokens, Math.floor(this.tokens / 2))
  }
}
