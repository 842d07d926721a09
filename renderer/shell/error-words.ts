import { ORPCError } from '@orpc/client'
import type { ErrorCode } from '#shared/errors.ts'
import { errorText } from '#shared/error-text.ts'
import { foreseen } from '../rpc/follow.ts'

export interface ErrorWords {
  code: ErrorCode | null
  /** What happened. */
  what: string
  /** Why. */
  why: string
  /** What to do. */
  next: string
}

export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}

/** Words for any error; one that was not foreseen gives the number that stands in the log. */
export function errorWords(error: unknown): ErrorWords {
  const known = foreseen(error)
  if (known) {
    const { what, why, action } = errorText(known.code, known.data)
    return { code: known.code, what, why, next: action }
  }
  const id = error instanceof ORPCError ? correlationId(error.data) : null
  return {
    code: null,
    what: 'Something went wrong inside Cortex.',
    why: id ? `The log has the details under ${id}.` : error instanceof Error ? error.message : String(error),
    next: 'Try again. If it happens again, open the log and copy the lines around it.',
  }
}

function correlationId(data: unknown): string | null {
  return typeof data === 'object' && data !== null && 'correlationId' in data && typeof data.correlationId === 'string' ? data.correlationId : null
}
