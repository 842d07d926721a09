import type { Clock } from './clock.ts'

/** Stands still until a test moves it. */
export class FakeClock implements Clock {
  #milliseconds: number
  /** How far the wall clock was set from where time went. */
  #moved = 0
  constructor(start = new Date('2026-01-01T00:00:00Z')) {
    this.#milliseconds = start.getTime()
  }
  now(): Date {
    return new Date(this.#milliseconds + this.#moved)
  }
  monotonic(): number {
    return this.#milliseconds
  }
  advance(milliseconds: number): void {
    this.#milliseconds += milliseconds
  }
  /** Sets the wall clock ahead or back; no time passes. */
  set(milliseconds: number): void {
    this.#moved += milliseconds
  }
}
