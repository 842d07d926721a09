import type { LlamaModel, Token } from 'node-llama-cpp'

const unfinished = '\uFFFD'
/** Pieces of one character in UTF-8 that came as single bytes; more than this is no character any more. */
const mostBytesOfCharacter = 4
/** What a piece looks like may depend on those before it. */
const remembered = 8

/** Turns tokens into text, character by whole character. */
export class TokenText {
  readonly #model: Pick<LlamaModel, 'detokenize' | 'isSpecialToken'>
  /** Special tokens that are told by their text; others say nothing. */
  readonly #isTold: (text: string) => boolean
  #pending: Token[] = []
  #before: Token[]

  constructor(model: Pick<LlamaModel, 'detokenize' | 'isSpecialToken'>, before: readonly Token[], isTold: (text: string) => boolean) {
    this.#model = model
    this.#before = before.slice(-remembered)
    this.#isTold = isTold
  }

  take(token: Token): string {
    if (this.#model.isSpecialToken(token)) {
      const text = this.#model.detokenize([token], true)
      if (text !== '' && this.#isTold(text)) {
        const rest = this.end()
        this.#before = [...this.#before, token].slice(-remembered)
        return rest + text
      }
    }
    this.#pending.push(token)
    const text = this.#model.detokenize(this.#pending, false, this.#before)
    if (text.endsWith(unfinished) && this.#pending.length < mostBytesOfCharacter) return ''
    this.#passed()
    return text
  }

  /** What is left of a character that never became whole. */
  end(): string {
    if (this.#pending.length === 0) return ''
    const text = this.#model.detokenize(this.#pending, false, this.#before)
    this.#passed()
    return text
  }

  #passed(): void {
    this.#before = [...this.#before, ...this.#pending].slice(-remembered)
    this.#pending = []
  }
}
