import { mapEventIterator, type ClientLink, type ClientOptions } from '@orpc/client'
import { RPCLink } from '@orpc/client/message-port'
import { AppError } from '#shared/errors.ts'
import { fromWireError, isStream } from '#shared/map-errors.ts'
import type { WorkerProcess } from './worker-launcher.ts'

/** One life of a worker process: calls go through it, and all of them end with the same typed error when the process does. */
export class WorkerSession implements ClientLink<object> {
  readonly process: WorkerProcess
  readonly #link: RPCLink<object>
  readonly #inFlight = new Set<(error: Error) => void>()
  readonly #closeListeners = new Set<() => void>()
  #end: Error | null = null

  /** `onHeartbeat` is called for every sign of life. */
  constructor(process: WorkerProcess, onHeartbeat: () => void) {
    this.process = process
    const frameListeners = new Set<(event: { data: unknown }) => void>()
    process.onMessage(frame => {
      onHeartbeat()
      // What carries no id of a call is a sign of life.
      if (typeof frame === 'object' && frame !== null && !(frame instanceof Uint8Array) && !('i' in frame)) return
      for (const listener of frameListeners) listener({ data: frame })
    })
    this.#link = new RPCLink<object>({
      port: {
        on: (event, listener) => {
          if (event === 'message') frameListeners.add(listener)
          else if (event === 'close') this.#closeListeners.add(() => listener())
        },
        postMessage: (frame: string | Uint8Array) => process.postMessage(frame),
      },
    })
  }

  async call(path: readonly string[], input: unknown, options: ClientOptions<object>): Promise<unknown> {
    const output = await this.#guard(() => this.#link.call(path, input, options), options.signal)
    return isStream(output) ? this.#guardStream(output, options.signal) : output
  }

  /** Ends every call and stream in flight with `error`. */
  end(error: Error): void {
    if (this.#end) return
    this.#end = error
    for (const reject of this.#inFlight) reject(error)
    this.#inFlight.clear()
    for (const listener of this.#closeListeners) listener()
  }

  #guardStream(stream: AsyncIteratorObject<unknown, unknown, undefined>, signal: AbortSignal | undefined): AsyncIteratorObject<unknown, unknown, undefined> {
    const guarded = {
      next: () => this.#guard(() => stream.next(), signal),
      return: async () => (this.#end ? { done: true as const, value: undefined } : ((await stream.return?.()) ?? { done: true as const, value: undefined })),
    }
    // Only `next` and `return` are called by the mapping.
    return mapEventIterator(guarded as unknown as typeof stream, { value: async value => value, error: async error => error as Error })
  }

  // Not Promise.race with one promise per life: every call would stay reachable from it until the process ends.
  #guard<T>(run: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    const ended = this.#end
    if (ended) return Promise.reject(ended)
    return new Promise((resolve, reject) => {
      const settle = (act: () => void): void => {
        if (this.#inFlight.delete(reject)) act()
      }
      this.#inFlight.add(reject)
      run().then(
        value => settle(() => resolve(value)),
        (error: unknown) => settle(() => reject(signal?.aborted ? error : plainError(error))),
      )
    })
  }
}

function plainError(error: unknown): unknown {
  const mapped = fromWireError(error)
  if (mapped instanceof AppError) return mapped
  return error instanceof Error ? error : new Error('The worker answered with something that is no error', { cause: error })
}
