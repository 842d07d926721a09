const gatherMilliseconds = 2000
const retryMilliseconds = 10_000

export interface Acceptance {
  /** Path within its folder. */
  path: string
  lines: number
  characters: number
}

interface Options {
  /** Keeps one; rejects where it could not. */
  record: (acceptance: Acceptance) => Promise<void>
}

interface Suggestion {
  path: string
  text: string
  /** So many of its characters were told already. */
  taken: number
}

/** Gathers how much suggested text was put into which file, whole or word by word, and tells it together: keys never wait for that. Texts stay here. */
export class AcceptedText {
  readonly #options: Options
  readonly #suggestions = new WeakMap<object, Suggestion>()
  #waiting = new Map<string, Acceptance>()
  #timer: ReturnType<typeof setTimeout> | null = null

  constructor(options: Options) {
    this.#options = options
  }

  /** A suggestion that may be accepted, by the object that stands for it. */
  offer(item: object, { path, text }: { path: string; text: string }): void {
    this.#suggestions.set(item, { path, text, taken: 0 })
  }

  /** Accepted up to `length` characters of it, all of it by default; what was accepted of it before is not counted again. */
  accept(item: object, length = Infinity): void {
    const suggestion = this.#suggestions.get(item)
    if (!suggestion) return
    const { path, text, taken } = suggestion
    const piece = text.slice(taken, length)
    if (piece === '') return
    suggestion.taken = taken + piece.length
    // A line that is taken in several steps is one.
    this.#add({ path, characters: piece.length, lines: piece.split('\n').length - (taken > 0 ? 1 : 0) })
  }

  /** Tells what waits at once, as before the page goes. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    const told = this.#waiting
    this.#waiting = new Map()
    for (const acceptance of told.values()) this.#options.record(acceptance).catch(() => this.#add(acceptance, retryMilliseconds))
  }

  #add({ path, lines, characters }: Acceptance, milliseconds = gatherMilliseconds): void {
    const former = this.#waiting.get(path)
    this.#waiting.set(path, { path, lines: lines + (former?.lines ?? 0), characters: characters + (former?.characters ?? 0) })
    this.#timer ??= setTimeout(() => this.flush(), milliseconds)
  }
}
