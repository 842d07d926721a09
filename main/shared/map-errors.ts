import { mapEventIterator, ORPCError } from '@orpc/client'
import { os } from '@orpc/server'
import { errorText } from './error-text.ts'
import { AppError, errorCatalog, isAppError, errorStatus, isErrorCode } from './errors.ts'

/** Router middleware: an AppError becomes the error the contract declares, also inside a stream; anything else stays a bug and is masked. */
export const mapErrors = os.middleware(async ({ next }) => {
  try {
    const result = await next()
    // The middleware is generic over the output, and the mapped stream yields what the stream yields.
    return isStream(result.output) ? { ...result, output: mapStream(result.output) } : result
  } catch (error) {
    throw toWireError(error)
  }
})

export function isStream(value: unknown): value is AsyncIteratorObject<unknown, unknown, undefined> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value && 'next' in value && typeof value.next === 'function'
}

// A stream's errors are thrown while it is read, after the handler has returned.
function mapStream(stream: AsyncIteratorObject<unknown, unknown, undefined>): AsyncIteratorObject<unknown, unknown, undefined> {
  return mapEventIterator(stream, { value: async value => value, error: async error => toWireError(error) })
}

export function toWireError(error: unknown): unknown {
  if (!isAppError(error)) return error
  const { what, why, action } = errorText(error.code, error.data)
  return new ORPCError(error.code, { status: errorStatus(error.code), message: `${what} ${why} ${action}`, data: error.data, cause: error })
}

/** The other way: an error of the catalogue that came over a wire as an AppError; anything else as it is. */
export function fromWireError(error: unknown): unknown {
  if (!(error instanceof ORPCError)) return error
  const code: unknown = error.code
  if (!isErrorCode(code)) return error
  const data = errorCatalog[code].safeParse(error.data)
  return data.success ? new AppError(code, data.data, { cause: error }) : error
}
