import { mapEventIterator } from '@orpc/client'
import { os } from '@orpc/server'
import { AppError, isAppError, type ErrorCode, type ErrorData } from '#shared/errors.ts'
import { isStream } from '#shared/map-errors.ts'

/** Fields of errors that quote what another program or the system said. */
const quoting = new Set(['reason', 'problems'])

/** Router middleware: what an error quotes is masked before the error is put into words. Stands inside of `mapErrors`. */
export function maskErrors(mask: (text: string) => string) {
  const masked = (error: unknown): unknown => (isAppError(error) ? withMaskedData(error, mask) : error)
  return os.middleware(async ({ next }) => {
    try {
      const result = await next()
      if (!isStream(result.output)) return result
      // The middleware is generic over the output, and the mapped stream yields what the stream yields.
      return { ...result, output: mapEventIterator(result.output, { value: async value => value, error: async error => masked(error) }) as typeof result.output }
    } catch (error) {
      throw masked(error)
    }
  })
}

function withMaskedData(error: AppError, mask: (text: string) => string): AppError {
  const entries = Object.entries(error.data as Record<string, unknown>)
  if (!entries.some(([key]) => quoting.has(key))) return error
  const data = Object.fromEntries(entries.map(([key, value]) => [key, quoting.has(key) ? maskAny(value, mask) : value]))
  // Strings stay strings, so the data keeps the shape of its code.
  const same = new AppError(error.code, data as ErrorData<ErrorCode>, { cause: error.cause })
  if (error.stack !== undefined) same.stack = error.stack
  return same
}

function maskAny(value: unknown, mask: (text: string) => string): unknown {
  if (typeof value === 'string') return mask(value)
  return Array.isArray(value) ? value.map(one => maskAny(one, mask)) : value
}
