const windowMilliseconds = 5000
const leastMilliseconds = 400

/** Bytes per second over the last seconds. */
export class RateMeter {
  readonly #now: () => number
  #samples: { at: number; bytes: number }[] = []
  #startedAt: number

  constructor(now: () => number) {
    this.#now = now
    this.#startedAt = now()
  }

  add(bytes: number): void {
    const at = this.#now()
    this.#samples.push({ at, bytes })
    this.#drop(at)
  }

  /** Null until enough time has passed to tell. */
  get bytesPerSecond(): number | null {
    const at = this.#now()
    this.#drop(at)
    const milliseconds = Math.min(windowMilliseconds, at - this.#startedAt)
    if (milliseconds < leastMilliseconds) return null
    const bytes = this.#samples.reduce((sum, sample) => sum + sample.bytes, 0)
    return (bytes / milliseconds) * 1000
  }

  #drop(now: number): void {
    const first = this.#samples.findIndex(({ at }) => at > now - windowMilliseconds)
    this.#samples = first < 0 ? [] : this.#samples.slice(first)
  }
}
