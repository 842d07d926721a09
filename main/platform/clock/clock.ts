/** Time, so that tests can move it. */
export interface Clock {
  now(): Date
  /** Milliseconds that only go forward. */
  monotonic(): number
}

export const systemClock: Clock = {
  now: () => new Date(),
  monotonic: () => performance.now(),
}
