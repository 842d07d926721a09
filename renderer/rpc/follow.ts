import { isErrorCode, type ErrorCode } from '#shared/errors.ts'

export interface Failure {
  code: ErrorCode
  data: unknown
}

/** An error of the catalogue that came over the wire; null for a broken connection or a bug. */
export function foreseen(error: unknown): Failure | null {
  if (typeof error !== 'object' || error === null || !('code' in error) || !isErrorCode(error.code)) return null
  return { code: error.code, data: 'data' in error ? error.data : {} }
}

const WAITS = [100, 250, 500, 1000, 2000]

export interface FollowOptions {
  /** A foreseen error ends the following: it would come again. */
  onFailure?: (failure: Failure) => void
  /** The stream broke off and is asked for again; it will begin with its snapshot. */
  onBreak?: () => void
}

/** Follows a `watch` procedure until the returned function is called: when the connection breaks, it asks again. */
export function follow<T>(open: (signal: AbortSignal) => Promise<AsyncIterable<T>>, onEvent: (event: T) => void, { onFailure, onBreak }: FollowOptions = {}): () => void {
  const stopped = new AbortController()
  const { signal } = stopped

  async function run(): Promise<void> {
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      try {
        for await (const event of await open(signal)) {
          if (signal.aborted) return
          attempt = 0
          onEvent(event)
        }
      } catch (error) {
        if (signal.aborted) return
        const failure = foreseen(error)
        if (failure && failure.code !== 'HOST_UNREACHABLE') {
          onFailure?.(failure)
          return
        }
      }
      if (signal.aborted) return
      onBreak?.()
      await rest(WAITS[Math.min(attempt, WAITS.length - 1)] ?? 2000, signal)
    }
  }

  void run()
  return () => stopped.abort()
}

async function rest(milliseconds: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>(resolve => {
    const timer = setTimeout(resolve, milliseconds)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    }, { once: true })
  })
}
