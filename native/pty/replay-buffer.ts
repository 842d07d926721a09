import { EscapeScanner } from './escape-scanner.ts'

const reset = '\x1bc'

/** The end of a terminal's output: enough to draw its screen again. Sizes are UTF-16 units. */
export class ReplayBuffer {
  readonly #limit: number
  readonly #scanner = new EscapeScanner()
  #chunks: string[] = []
  #length = 0

  constructor(limit = 256 * 1024) {
    this.#limit = limit
  }

  push(text: string): void {
    this.#chunks.push(text)
    this.#length += text.length
    // Half as much again is let come before the front is cut, so that cutting costs little per character.
    if (this.#length > this.#limit * 1.5) this.#trim()
  }

  /** A reset, the modes that are still set, and the kept output from between two sequences. */
  snapshot(): string {
    this.#trim()
    const modes = [...this.#scanner.modes].map(([mode, final]) => `\x1b[?${mode}${final}`).join('')
    return reset + modes + this.#scanner.opening + this.#chunks.join('')
  }

  #trim(): void {
    if (this.#length <= this.#limit) return
    const text = this.#chunks.join('')
    const cut = this.#scanner.cut(text, text.length - this.#limit)
    if (cut === null) {
      // One sequence longer than the whole buffer draws nothing: read past it.
      if (text.length > this.#limit * 2) this.#replaceBy('', () => this.#scanner.skip(text))
      else this.#chunks = [text]
    } else this.#replaceBy(text.slice(cut))
  }

  #replaceBy(text: string, before: () => void = () => undefined): void {
    before()
    this.#chunks = [text]
    this.#length = text.length
  }
}
