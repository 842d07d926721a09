/** Events between a producer that does not wait and one reader. */
export class EventQueue<T> {
  #events: T[] = []
  #wake: (() => void) | null = null
  #end: { error: unknown } | 'ended' | null = null

  push(event: T): void {
    this.#events.push(event)
    this.#notify()
  }

  end(): void {
    this.#end ??= 'ended'
    this.#notify()
  }

  fail(error: unknown): void {
    this.#end ??= { error }
    this.#notify()
  }

  async *read(): AsyncGenerator<T, void, void> {
    for (;;) {
      const ready = this.#events
      this.#events = []
      yield* ready
      if (this.#events.length > 0) continue
      if (this.#end === 'ended') return
      if (this.#end) throw this.#end.error
      await new Promise<void>(resolve => (this.#wake = resolve))
    }
  }

  #notify(): void {
    this.#wake?.()
    this.#wake = null
  }
}
