export interface KeepScheduleOptions {
  /** Keeps the text of one document; rejects when it could not. */
  keep: (path: string) => Promise<void>
  onOutcome: (path: string, failure: unknown) => void
  /** Rest after the last change, in milliseconds. */
  idle?: number
  /** The longest that a change waits while a person goes on typing, in milliseconds. */
  longest?: number
}

interface Entry {
  timer: ReturnType<typeof setTimeout> | null
  since: number
  running: Promise<void>
}

/** When unsaved text is handed to the host: after a short rest, at the latest after a while, and at once when the page goes away. */
export class KeepSchedule {
  readonly #options: KeepScheduleOptions
  readonly #entries = new Map<string, Entry>()
  constructor(options: KeepScheduleOptions) {
    this.#options = options
  }

  /** `weight` 2 waits twice as long: a text of many megabytes is not sent at every pause. */
  touch(path: string, weight = 1): void {
    const { idle = 300, longest = 2000 } = this.#options
    const now = Date.now()
    const entry = this.#entries.get(path) ?? { timer: null, since: now, running: Promise.resolve() }
    if (entry.timer) clearTimeout(entry.timer)
    else entry.since = now
    const wait = Math.min(idle * weight, Math.max(0, entry.since + longest * weight - now))
    entry.timer = setTimeout(() => this.#run(path, entry), wait)
    this.#entries.set(path, entry)
  }

  /** Keeps now whatever waits: all of it, or one document. Resolves when it is kept or has failed. */
  async flush(path?: string): Promise<void> {
    const waiting = [...this.#entries].filter(([name]) => path === undefined || name === path)
    await Promise.all(
      waiting.map(async ([name, entry]) => {
        if (entry.timer) this.#run(name, entry)
        await entry.running
      }),
    )
  }

  /** Stops waiting for a document and resolves once nothing is being kept for it. */
  async cancel(path: string): Promise<void> {
    const entry = this.#entries.get(path)
    if (!entry) return
    if (entry.timer) clearTimeout(entry.timer)
    entry.timer = null
    await entry.running
    if (!entry.timer) this.#entries.delete(path)
  }

  isWaiting(path: string): boolean {
    return (this.#entries.get(path)?.timer ?? null) !== null
  }

  #run(path: string, entry: Entry): void {
    if (entry.timer) clearTimeout(entry.timer)
    entry.timer = null
    // The call goes out in this turn, so that it leaves with a page that is going away.
    const kept = this.#options.keep(path)
    const earlier = entry.running
    entry.running = Promise.allSettled([earlier, kept]).then(([, outcome]) => this.#options.onOutcome(path, outcome.status === 'rejected' ? outcome.reason : null))
  }
}
