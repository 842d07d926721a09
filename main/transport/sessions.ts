import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../platform/clock/clock.ts'

const codeLifetimeMilliseconds = 5 * 60_000
const failureWindowMilliseconds = 60_000
const failuresPerWindow = 10
const mostCodes = 100
const mostTokens = 1000

const random = (): string => randomBytes(32).toString('base64url')
const digest = (secret: string): Buffer => createHash('sha256').update(secret).digest()

export type Exchange = { outcome: 'granted'; token: string } | { outcome: 'refused' } | { outcome: 'too-many-tries' }

/**
 * Who may speak to the host over HTTP: one bearer for programs, one token for each browser tab.
 * Only digests are kept, and every one is compared, so that the time of an answer says nothing.
 */
export class Sessions {
  /** Bearer for API clients, valid as long as the host runs. */
  readonly apiToken = random()
  readonly #clock: Clock
  readonly #tokens: Buffer[] = [digest(this.apiToken)]
  #codes: { digest: Buffer; expiresAt: number }[] = []
  #failures: number[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** A code for one tab: works once, for 5 minutes. */
  mintCode(): string {
    const code = random()
    this.#codes = [...this.#liveCodes().slice(1 - mostCodes), { digest: digest(code), expiresAt: this.#clock.monotonic() + codeLifetimeMilliseconds }]
    return code
  }

  exchange(code: string): Exchange {
    const now = this.#clock.monotonic()
    this.#failures = this.#failures.filter(at => now - at < failureWindowMilliseconds)
    if (this.#failures.length >= failuresPerWindow) return { outcome: 'too-many-tries' }
    const wanted = digest(code)
    const before = this.#liveCodes()
    this.#codes = before.filter(entry => !timingSafeEqual(entry.digest, wanted))
    if (this.#codes.length === before.length) {
      this.#failures.push(now)
      return { outcome: 'refused' }
    }
    const token = random()
    this.#tokens.push(digest(token))
    // The first is the API token and stays.
    if (this.#tokens.length > mostTokens) this.#tokens.splice(1, 1)
    return { outcome: 'granted', token }
  }

  accepts(token: string | undefined): boolean {
    const wanted = digest(token ?? '')
    let isKnown = false
    for (const known of this.#tokens) isKnown = timingSafeEqual(known, wanted) || isKnown
    return isKnown
  }

  #liveCodes(): { digest: Buffer; expiresAt: number }[] {
    const now = this.#clock.monotonic()
    return this.#codes.filter(entry => entry.expiresAt > now)
  }
}
