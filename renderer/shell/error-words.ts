import { ORPCError } from '@orpc/client'
import { AppError, isErrorCode, type ErrorCode } from '#shared/errors.ts'
import { errorText } from '#shared/error-text.ts'

export interface ErrorWords {
  code: ErrorCode | null
  /** What happened. */
  title: string
  /** Why. */
  reason: string
  /** What to do. */
  advice: string
}

/** Code and data of an error the contract names, or null for anything else. */
export function knownError(error: unknown): { code: ErrorCode; data: unknown } | null {
  if (error instanceof AppError) return { code: error.code, data: error.data }
  if (error instanceof ORPCError && isErrorCode(error.code)) return { code: error.code, data: error.data }
  return null
}

export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}

/** Words for any error; one that was not foreseen gives the number that stands in the log. */
export function errorWords(error: unknown): ErrorWords {
  const known = knownError(error)
  if (known) return { code: known.code, ...errorText(known.code, known.data) }
  const id = error instanceof ORPCError ? correlationId(error.data) : null
  return {
    code: null,
    title: 'Something went wrong inside Cortex.',
    reason: id ? `The log has the details under ${id}.` : error instanceof Error ? error.message : String(error),
    advice: 'Try again. If it happens again, open the log and copy the lines around it.',
  }
}

function correlationId(data: unknown): string | null {
  return typeof data === 'object' && data !== null && 'correlationId' in data && typeof data.correlationId === 'string' ? data.correlationId : null
}
