import { ORPCError } from '@orpc/client'
import { isErrorCode } from '#shared/errors.ts'
import { connectionOpen } from './connection.ts'

const longestPauseMilliseconds = 4000

export interface Watching<E> {
  /** Calls the `watch` procedure; hand it the signal. */
  call: (signal: AbortSignal) => Promise<AsyncIterable<E>>
  onEvent: (event: E) => void
  /** An error the contract names: watching ends, as calling again would give the same. */
  onFailure?: (error: unknown) => void
}

/** Feeds each event to `onEvent` and calls again after a reconnect, which begins with a snapshot. Answers how to stop. */
export function keepWatching<E>({ call, onEvent, onFailure }: Watching<E>): () => void {
  const stopping = new AbortController()
  void follow()
  return () => stopping.abort()

  async function follow(): Promise<void> {
    for (let failures = 0; !stopping.signal.aborted; failures += 1) {
      try {
        await connectionOpen(stopping.signal)
        for await (const event of await call(stopping.signal)) {
          if (stopping.signal.aborted) return
          failures = 0
          onEvent(event)
        }
      } catch (error) {
        if (stopping.signal.aborted) return
        if (error instanceof ORPCError && isErrorCode(error.code)) {
          onFailure?.(error)
          return
        }
      }
      await new Promise(resolve => setTimeout(resolve, Math.min(longestPauseMilliseconds, 100 * 2 ** failures)))
    }
  }
}
