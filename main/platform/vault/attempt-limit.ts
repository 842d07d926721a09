import { join } from 'node:path'
import { z } from 'zod'
import { AppError } from '#shared/errors.ts'
import type { Clock } from '../clock/clock.ts'
import { readIfThere, writeDurably } from './write-durably.ts'

/** So many tries are free. */
const freeTries = 3
const firstWaitMilliseconds = 2000
const longestWaitMilliseconds = 15 * 60_000

const count = z.number().int().nonnegative()
/** `unreported`: tries that failed and stand in no audit log yet. */
const Attempts = z.object({ failures: count, unreported: count.default(0), at: z.number(), waitMilliseconds: z.number().min(0).max(longestWaitMilliseconds) })
type Attempts = z.infer<typeof Attempts>

/**
 * Slows down guessing: from the fourth try on each waits twice as long as the one before, up to 15 minutes, over restarts too. A clock that was
 * set back makes the wait start again. What slows down somebody who copies the files is the cost of each try itself.
 */
export class AttemptLimit {
  readonly #path: string
  readonly #clock: Clock
  #failures: number
  #unreported: number
  /** On the clock that only goes forward. */
  #until: number

  constructor(folder: string, clock: Clock) {
    this.#path = join(folder, 'vault-attempts.json')
    this.#clock = clock
    const kept = read(this.#path)
    this.#failures = kept?.failures ?? 0
    this.#unreported = kept?.unreported ?? 0
    const elapsed = kept ? clock.now().getTime() - kept.at : 0
    const remaining = kept ? Math.max(0, kept.waitMilliseconds - Math.max(0, elapsed)) : 0
    this.#until = clock.monotonic() + remaining
    if (kept && elapsed < 0) this.#keep(remaining)
  }

  /** Milliseconds until the next try is heard. */
  get remaining(): number {
    return Math.max(0, this.#until - this.#clock.monotonic())
  }

  /** Counts a try as failed before it is made, so that ending the process makes it no cheaper. Throws VAULT_RATE_LIMITED. */
  begin(): void {
    if (this.remaining > 0) throw new AppError('VAULT_RATE_LIMITED', { retryMilliseconds: this.remaining })
    this.#failures++
    this.#unreported++
    const doublings = this.#failures - freeTries
    const wait = doublings < 0 ? 0 : Math.min(longestWaitMilliseconds, firstWaitMilliseconds * 2 ** Math.min(doublings, 20))
    this.#until = this.#clock.monotonic() + wait
    this.#keep(wait)
  }

  succeed(): void {
    this.#failures = 0
    // The one that succeeded was counted before it was made.
    this.#unreported--
    this.#until = this.#clock.monotonic()
    this.#keep(0)
  }

  /** Tries that failed, also before a restart, and were never reported. */
  get unreported(): number {
    return this.#unreported
  }

  reported(): void {
    this.#unreported = 0
    this.#keep(this.remaining)
  }

  #keep(waitMilliseconds: number): void {
    try {
      writeDurably(this.#path, JSON.stringify({ failures: this.#failures, unreported: this.#unreported, at: this.#clock.now().getTime(), waitMilliseconds } satisfies Attempts))
    } catch {
      // A full disk must not keep the person out; this process still counts.
    }
  }
}

function read(path: string): Attempts | null {
  try {
    const bytes = readIfThere(path)
    return bytes && Attempts.parse(JSON.parse(bytes.toString('utf8')))
  } catch {
    // A file that cannot be read counts as the free tries.
    return { failures: freeTries, unreported: 0, at: 0, waitMilliseconds: 0 }
  }
}
