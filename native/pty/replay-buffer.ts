import { EscapeScanner } from './escape-scanner.ts'

const reset = '\x1bc'

/** The end of a terminal's output: enough to draw its screen again. Sizes are UTF-16 units. */
export class ReplayBuffer {
  readonly #limit: number
  /** Has read all that was dropped. */
  readonly #dropped = new EscapeScanner()
  readonly #chunks: string[] = []
  #length = 0

  constructor(limit = 256 * 1024) {
    this.#limit = limit
  }

  push(text: string): void {
    this.#chunks.push(text)
    this.#length += text.length
    // Whole chunks are dropped, unjoined, so that a flood costs little; `snapshot` cuts to the character.
    for (let first = this.#chunks[0]; first !== undefined && this.#length - first.length >= this.#limit; first = this.#chunks[0]) {
      this.#dropped.skip(first)
      this.#chunks.shift()
      this.#length -= first.length
    }
  }

  /** A reset, the modes that are still set, and the kept output from between two sequences. */
  snapshot(): string {
    const scanner = this.#dropped.copy()
    const text = this.#chunks.join('')
    const hasDropped = scanner.hasRead || text.length > this.#limit
    const cut = hasDropped ? scanner.cut(text, Math.max(0, text.length - this.#limit)) : 0
    if (cut === null) scanner.skip(text)
    const modes = [...scanner.modes].map(([mode, final]) => `\x1b[?${mode}${final}`).join('')
    return reset + modes + scanner.opening + (cut === null ? '' : text.slice(cut))
  }
}
