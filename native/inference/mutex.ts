/** First come, first served; who gives up waiting is passed over. */
export class Mutex {
  #last: Promise<void> = Promise.resolve()

  /** Resolves with the function that lets the next one in. Throws the signal's reason when it gives up first. */
  async acquire(signal: AbortSignal): Promise<() => void> {
    const former = this.#last
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#last = promise
    try {
      await untilAborted(former, signal)
    } catch (error) {
      void former.then(resolve)
      throw error
    }
    return resolve
  }
}

function untilAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error)
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort, { once: true })
    void promise.then(() => {
      signal.removeEventListener('abort', abort)
      resolve()
    })
  })
}
