const windowMilliseconds = 5 * 60_000
const crashesAllowed = 3
const backOffMilliseconds = [500, 1000, 2000, 4000]

/** Decides after each crash whether and when to start again. Times are milliseconds of a clock that only goes forward. */
export class CrashHistory {
  #times: number[] = []
  #streak = 0

  /** Milliseconds to wait before the next start, or null: three crashes in five minutes are enough. */
  add(now: number): number | null {
    const last = this.#times.at(-1)
    this.#streak = last !== undefined && now - last <= windowMilliseconds ? this.#streak + 1 : 1
    this.#times = [...this.#times.filter(time => now - time <= windowMilliseconds), now]
    if (this.#times.length >= crashesAllowed) return null
    return backOffMilliseconds[Math.min(this.#streak, backOffMilliseconds.length) - 1] ?? null
  }

  get count(): number {
    return this.#times.length
  }

  clear(): void {
    this.#times = []
    this.#streak = 0
  }
}
