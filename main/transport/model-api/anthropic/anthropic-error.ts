import { faultStatuses, type ApiError, type FaultKind } from '../api-error.ts'
import { event } from '../answer.ts'
import type { Provider } from '../exchange.ts'

const types: Partial<Record<FaultKind, string>> = {
  unauthorized: 'authentication_error',
  forbidden: 'permission_error',
  'missing-model': 'not_found_error',
  missing: 'not_found_error',
  'too-large': 'request_too_large',
  limited: 'rate_limit_error',
  busy: 'overloaded_error',
  failed: 'api_error',
}
const overloaded = 529

function body({ kind, message, param }: ApiError, requestId: string): unknown {
  // Its shape has no place for the part that is meant.
  const text = kind === 'context' ? `prompt is too long: ${message}` : param === null || message.includes(param) ? message : `${param}: ${message}`
  return { type: 'error', error: { type: types[kind] ?? 'invalid_request_error', message: text }, request_id: requestId }
}

export const anthropic: Provider = {
  status: ({ kind }) => (kind === 'busy' ? overloaded : faultStatuses[kind]),
  body,
  piece: (error, requestId) => ({ kind: 'events', text: event(body(error, requestId), 'error') }),
}
