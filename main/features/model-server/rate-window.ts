const windowMilliseconds = 60_000

export interface RateLimits {
  requestsPerMinute: number | null
  tokensPerMinute: number | null
}

export interface RateRefusal {
  of: 'requests' | 'tokens'
  limit: number
  retryMilliseconds: number
}

interface Use {
  at: number
  tokens: number
}

/** What one client used within the last minute. Times are milliseconds of a clock that only goes forward. */
export class RateWindow {
  /** Oldest first. */
  readonly #uses: Use[] = []

  /** Counts a request with the tokens that its prompt may have, or says until when there is no room for it. */
  take(limits: RateLimits, tokens: number, now: number): Use | RateRefusal {
    const kept = this.#uses.findIndex(use => now - use.at < windowMilliseconds)
    if (kept !== 0) this.#uses.splice(0, kept < 0 ? Infinity : kept)
    const { requestsPerMinute, tokensPerMinute } = limits
    if (requestsPerMinute !== null && this.#uses.length >= requestsPerMinute) {
      const freeing = this.#uses[this.#uses.length - requestsPerMinute]
      return { of: 'requests', limit: requestsPerMinute, retryMilliseconds: untilGone(freeing, now) }
    }
    // What the prompt itself may take is not held against it: one that is larger than the limit would never be answered.
    if (tokensPerMinute !== null && this.#sum() >= tokensPerMinute) return { of: 'tokens', limit: tokensPerMinute, retryMilliseconds: this.#untilBelow(tokensPerMinute, now) }
    const use = { at: now, tokens }
    this.#uses.push(use)
    return use
  }

  #sum(): number {
    return this.#uses.reduce((sum, use) => sum + use.tokens, 0)
  }

  #untilBelow(limit: number, now: number): number {
    let left = this.#sum()
    for (const use of this.#uses) {
      left -= use.tokens
      if (left < limit) return untilGone(use, now)
    }
    return windowMilliseconds
  }
}

function untilGone(use: Use | undefined, now: number): number {
  return use ? Math.max(1, use.at + windowMilliseconds - now) : windowMilliseconds
}
