/** Who wants to hear of something; a listener that throws keeps none of the others from hearing. */
export class Listeners<T> {
  readonly #listeners = new Set<(event: T) => void>()

  add(listener: (event: T) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  tell(event: T): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(event)
      } catch (error) {
        // Neither the others nor whoever tells may suffer; Node prints it.
        process.emitWarning(error instanceof Error ? error : String(error))
      }
    }
  }

  get size(): number {
    return this.#listeners.size
  }
}
