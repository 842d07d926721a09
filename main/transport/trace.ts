import { ORPCError } from '@orpc/client'
import type { Log } from '../platform/log/log.ts'

interface Call<R> {
  path: readonly string[]
  next: () => R
}

/** One log line for each call: its name, how it ended and how long it took, in milliseconds. Never its input, its output or who called. */
export function trace(log: Log, transport: string) {
  return async <R>({ path, next }: Call<R>): Promise<Awaited<R>> => {
    const started = performance.now()
    const end = (outcome: string): void => {
      log.debug('Call', { procedure: path.join('.'), transport, outcome, milliseconds: Math.round(performance.now() - started) })
    }
    try {
      const output = await next()
      end('ok')
      return output
    } catch (error) {
      end(error instanceof ORPCError ? String(error.code) : 'fault')
      throw error
    }
  }
}
