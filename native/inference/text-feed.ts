import type { LlamaModel, Token } from 'node-llama-cpp'

const gatherMilliseconds = 16
const unfinished = '\uFFFD'
/** Pieces of one character in UTF-8 that came as single bytes; more than this is no character any more. */
const mostBytesOfCharacter = 4

/** Turns tokens into text, gathered over 16 ms so that the wire carries frames, not tokens. The first text leaves at once. */
export class TextFeed {
  readonly #model: Pick<LlamaModel, 'detokenize'>
  readonly #stopTexts: readonly string[]
  #pending: Token[] = []
  #before: Token[] = []
  /** Text that may be the beginning of a stop text. */
  #held = ''
  #lastFlush = -Infinity

  constructor(model: Pick<LlamaModel, 'detokenize'>, stopTexts: readonly string[]) {
    this.#model = model
    this.#stopTexts = stopTexts
  }

  /** What can be sent now, and whether a stop text came; null while there is reason to wait. */
  take(token: Token, now: number): { text: string; isStopped: boolean } | null {
    this.#pending.push(token)
    if (now - this.#lastFlush < gatherMilliseconds) return null
    const text = this.#decode()
    if (text.endsWith(unfinished) && this.#pending.length < mostBytesOfCharacter) return null
    this.#lastFlush = now
    return this.#release(text, false)
  }

  /** All that is left. */
  end(): { text: string; isStopped: boolean } {
    return this.#release(this.#decode(), true)
  }

  #decode(): string {
    return this.#model.detokenize(this.#pending, false, this.#before)
  }

  #release(text: string, isEnd: boolean): { text: string; isStopped: boolean } {
    this.#before = [...this.#before, ...this.#pending].slice(-8)
    this.#pending = []
    const all = this.#held + text
    const stop = firstOf(all, this.#stopTexts)
    if (stop >= 0) {
      this.#held = ''
      return { text: all.slice(0, stop), isStopped: true }
    }
    const keep = isEnd ? 0 : beginningOf(all, this.#stopTexts)
    this.#held = all.slice(all.length - keep)
    return { text: all.slice(0, all.length - keep), isStopped: false }
  }
}

function firstOf(text: string, stops: readonly string[]): number {
  const found = stops.map(stop => text.indexOf(stop)).filter(index => index >= 0)
  return found.length === 0 ? -1 : Math.min(...found)
}

/** Length of the longest end of `text` with which a stop text begins. */
function beginningOf(text: string, stops: readonly string[]): number {
  let longest = 0
  for (const stop of stops)
    for (let length = Math.min(stop.length - 1, text.length); length > longest; length--) {
      if (!text.endsWith(stop.slice(0, length))) continue
      longest = length
    }
  return longest
}
