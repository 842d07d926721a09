export interface LiveOptions<T> {
  signal?: AbortSignal | undefined
  /** Events that wait for a slow reader; beyond this many, `collapse` replaces them all. */
  limit?: number
  collapse?: (waiting: readonly T[]) => T
}

/**
 * A `watch` procedure's stream. `start` subscribes, pushes the snapshot and then each change, and returns how to unsubscribe,
 * which happens when the reader leaves, the signal aborts or an error is thrown. `fail` throws at the reader.
 */
export async function* liveStream<T>(start: (push: (event: T) => void, fail: (error: unknown) => void) => (() => void) | Promise<() => void>, options: LiveOptions<T> = {}): AsyncGenerator<T, void, void> {
  const { signal, limit = Infinity, collapse } = options
  let waiting: T[] = []
  let wake: (() => void) | null = null
  const rouse = (): void => {
    wake?.()
    wake = null
  }
  let failure: { error: unknown } | null = null
  const push = (event: T): void => {
    waiting.push(event)
    if (collapse && waiting.length > limit) waiting = [collapse(waiting)]
    rouse()
  }
  const stop = await start(push, error => {
    failure = { error }
    rouse()
  })
  signal?.addEventListener('abort', rouse)
  try {
    while (!signal?.aborted) {
      const event = waiting.shift()
      if (event === undefined && failure) throw thrown(failure)
      if (event === undefined) await new Promise<void>(resolve => (wake = resolve))
      else yield event
    }
  } finally {
    signal?.removeEventListener('abort', rouse)
    stop()
  }
}

/** For streams of whole snapshots: only the newest matters. */
export function newest<T>(waiting: readonly T[]): T {
  // `collapse` is only called when something waits.
  return waiting[waiting.length - 1] as T
}

function thrown({ error }: { error: unknown }): Error {
  return error instanceof Error ? error : new Error(String(error))
}
