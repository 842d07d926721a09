import { faultStatuses, type ApiError, type FaultKind } from '../api-error.ts'
import { event } from '../answer.ts'
import type { Provider } from '../exchange.ts'

const types: Partial<Record<FaultKind, string>> = { forbidden: 'permission_error', limited: 'rate_limit_error', busy: 'server_error', failed: 'server_error' }
const codes: Partial<Record<FaultKind, string>> = {
  unauthorized: 'invalid_api_key',
  forbidden: 'insufficient_permissions',
  'missing-model': 'model_not_found',
  missing: 'not_found',
  method: 'method_not_allowed',
  context: 'context_length_exceeded',
  'too-large': 'request_too_large',
  limited: 'rate_limit_exceeded',
  busy: 'overloaded',
}

function body({ kind, message, param }: ApiError): { error: { message: string; type: string; param: string | null; code: string | null } } {
  return { error: { message, type: types[kind] ?? 'invalid_request_error', param, code: codes[kind] ?? null } }
}

export const openai: Provider = {
  status: ({ kind }) => faultStatuses[kind],
  body,
  piece: error => ({ kind: 'events', text: event(body(error)) }),
}
