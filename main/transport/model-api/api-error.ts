import { errorTextOf } from '#shared/error-text.ts'
import { isAppError, type AppError, type ErrorCode } from '#shared/errors.ts'

/** What went wrong, in terms that all three interfaces have. */
export type FaultKind = 'invalid' | 'context' | 'unauthorized' | 'forbidden' | 'missing-model' | 'missing' | 'method' | 'foreign' | 'too-large' | 'limited' | 'busy' | 'failed'

export const faultStatuses: Record<FaultKind, number> = {
  invalid: 400,
  context: 400,
  unauthorized: 401,
  forbidden: 403,
  'missing-model': 404,
  missing: 404,
  method: 405,
  /** Asked by a name that is not this host's. */
  foreign: 421,
  'too-large': 413,
  limited: 429,
  busy: 503,
  failed: 500,
}

/** An answer that is an error, before it has the shape of one interface. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly kind: FaultKind
  /** The part of the request that is meant, such as `messages[0].content`. */
  readonly param: string | null
  readonly retrySeconds: number | null
  constructor(kind: FaultKind, message: string, { param = null, retrySeconds = null }: { param?: string | null; retrySeconds?: number | null } = {}) {
    super(message)
    this.kind = kind
    this.param = param
    this.retrySeconds = retrySeconds
  }
}

export function invalid(param: string, message: string): ApiError {
  return new ApiError('invalid', message, { param })
}

const kinds: Partial<Record<ErrorCode, FaultKind>> = {
  MODEL_NOT_FOUND: 'missing-model',
  SERVER_ROLE_EMPTY: 'missing-model',
  MODEL_CANNOT_CHAT: 'invalid',
  MODEL_CANNOT_FILL: 'invalid',
  MODEL_CANNOT_EMBED: 'invalid',
  MODEL_CANNOT_RERANK: 'invalid',
  SCHEMA_UNSUPPORTED: 'invalid',
  CONTEXT_OVERFLOW: 'context',
  SERVER_OFF: 'missing',
  SERVER_CLIENT_NOT_FOUND: 'unauthorized',
  SERVER_SCOPE_MISSING: 'forbidden',
  SERVER_MODEL_REFUSED: 'forbidden',
  SERVER_RATE_LIMITED: 'limited',
  SERVER_QUEUE_FULL: 'limited',
}
const params: Partial<Record<ErrorCode, string>> = { MODEL_NOT_FOUND: 'model', SERVER_ROLE_EMPTY: 'model', MODEL_CANNOT_CHAT: 'model', MODEL_CANNOT_FILL: 'model', MODEL_CANNOT_EMBED: 'model', MODEL_CANNOT_RERANK: 'model', SERVER_MODEL_REFUSED: 'model', SCHEMA_UNSUPPORTED: 'response_format' }

/** A model that cannot be loaded now, a process that ended, a database that is shut: these pass, or are the person's to mend. */
const passing = /^(MODEL|WORKER|STORAGE)_/

/** An error as an answer; null where nobody foresaw it. */
export function apiErrorOf(error: unknown): ApiError | null {
  if (error instanceof ApiError) return error
  if (!isAppError(error)) return null
  const kind = kinds[error.code] ?? (passing.test(error.code) ? 'busy' : null)
  if (kind === null) return null
  const { what, why, action } = errorTextOf(error)
  return new ApiError(kind, `${what} ${why} ${action}`, { param: params[error.code] ?? null, retrySeconds: retrySecondsOf(error) })
}

function retrySecondsOf(error: AppError): number | null {
  if (error.code !== 'SERVER_RATE_LIMITED' && error.code !== 'SERVER_QUEUE_FULL') return null
  const { retryMilliseconds } = error.data as { retryMilliseconds: number }
  return Math.max(1, Math.ceil(retryMilliseconds / 1000))
}
