import type { Clock } from './clock.ts'

/** Stands still until a test moves it. */
export class FakeClock implements Clock {
  #milliseconds: number
  constructor(start = new Date('2026-01-01T00:00:00Z')) {
    this.#milliseconds = start.getTime()
  }
  now(): Date {
    return new Date(this.#milliseconds)
  }
  monotonic(): number {
    return this.#milliseconds
  }
  advance(milliseconds: number): void {
    this.#milliseconds += milliseconds
  }
}
