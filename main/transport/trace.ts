import { randomUUID } from 'node:crypto'
import { mapEventIterator, ORPCError } from '@orpc/client'
import { isStream } from '#shared/map-errors.ts'
import type { Log } from '../platform/log/log.ts'
import { describeFault } from '../platform/log/log-faults.ts'

interface Call<R> {
  path: readonly string[]
  next: () => R
}

/**
 * One log line for each call: its name, how it ended and how long it took, in milliseconds. Never its input, its output or who called.
 * A fault that no service foresaw reaches the client as a number only; the log has the place it came from under the same number.
 */
export function trace(log: Log, transport: string) {
  return async <R>({ path, next }: Call<R>): Promise<Awaited<R>> => {
    const procedure = path.join('.')
    const started = performance.now()
    const end = (outcome: string): void => {
      log.debug('Call', { procedure, transport, outcome, milliseconds: Math.round(performance.now() - started) })
    }
    const fail = (error: unknown): unknown => {
      const masked = isFault(error) ? maskFault(error, log, procedure) : error
      end(masked instanceof ORPCError ? String(masked.code) : 'aborted')
      return masked
    }
    try {
      const output = await next()
      if (!isStream(output)) {
        end('ok')
        return output
      }
      // The mapped stream yields what the stream yields.
      return mapEventIterator(output, {
        value: async (value, isDone) => {
          if (isDone) end('ok')
          return value
        },
        error: async error => fail(error),
      }) as Awaited<R>
    } catch (error) {
      throw fail(error)
    }
  }
}

function isFault(error: unknown): boolean {
  if (error instanceof ORPCError) return error.code === 'INTERNAL_SERVER_ERROR'
  return !(error instanceof Error && error.name === 'AbortError')
}

function maskFault(error: unknown, log: Log, procedure: string): ORPCError<string, { correlationId: string }> {
  const correlationId = randomUUID()
  const cause = error instanceof ORPCError ? (error.cause ?? error) : error
  log.error('A call failed in a way that no service foresaw', { procedure, correlationId, ...describeFault(cause) })
  return new ORPCError('INTERNAL_SERVER_ERROR', { message: `Cortex failed in a way it did not foresee. The log has more under ${correlationId}.`, data: { correlationId } })
}
