import { z } from 'zod'
import { LoadPlan } from './load-plan.ts'

const path = z.object({ path: z.string() })
const none = z.object({})

/** Every error the app can show on purpose: code → shape of its data. The words for people are in `error-text.ts`. */
export const errorCatalog = {
  WORKSPACE_NOT_FOUND: z.object({ workspaceId: z.string() }),
  FOLDER_NOT_FOUND: path,
  FOLDER_UNREADABLE: path,
  NOT_A_FOLDER: path,
  FILE_NOT_FOUND: path,
  FILE_EXISTS: path,
  FILE_UNREADABLE: z.object({ path: z.string(), reason: z.string() }),
  FILE_NOT_WRITABLE: z.object({ path: z.string(), reason: z.string() }),
  FILE_TOO_LARGE: z.object({ path: z.string(), sizeBytes: z.number(), limitBytes: z.number() }),
  FILE_BINARY: z.object({ path: z.string(), sizeBytes: z.number() }),
  FILE_CHANGED_ON_DISK: z.object({ path: z.string(), version: z.string().nullable() }),
  FILE_NAME_INVALID: z.object({ name: z.string(), reason: z.string() }),
  PATH_OUTSIDE_WORKSPACE: path,
  DISK_FULL: path,
  TRASH_FAILED: z.object({ path: z.string(), reason: z.string() }),
  MODEL_NOT_FOUND: z.object({ id: z.string() }),
  MODEL_FILE_INVALID: z.object({ path: z.string(), reason: z.string() }),
  MODEL_UNSUPPORTED: z.object({ path: z.string(), architecture: z.string() }),
  MODEL_OUT_OF_MEMORY: z.object({ id: z.string(), neededBytes: z.number(), freeBytes: z.number() }),
  MODEL_DOES_NOT_FIT: z.object({ id: z.string(), neededBytes: z.number(), freeBytes: z.number(), suggestion: LoadPlan.nullable() }),
  MODEL_LOAD_FAILED: z.object({ id: z.string(), reason: z.string() }),
  MODEL_OPTION_INVALID: z.object({ id: z.string(), option: z.string(), reason: z.string() }),
  PRESET_NOT_FOUND: z.object({ id: z.string() }),
  MODEL_NOT_LOADED: none,
  MODEL_CANNOT_FILL: z.object({ id: z.string() }),
  MODEL_CANNOT_CHAT: z.object({ id: z.string() }),
  MODEL_CANNOT_EMBED: z.object({ id: z.string() }),
  MODEL_CANNOT_RERANK: z.object({ id: z.string() }),
  SCHEMA_UNSUPPORTED: z.object({ reason: z.string() }),
  CATALOGUE_ENTRY_NOT_FOUND: z.object({ id: z.string() }),
  DOWNLOAD_NOT_FOUND: z.object({ id: z.string() }),
  DOWNLOAD_TARGET_INVALID: z.object({ reason: z.string() }),
  DOWNLOAD_NEEDS_GRANT: z.object({ host: z.string(), port: z.number(), feature: z.string(), mode: z.string(), rule: z.string() }),
  DOWNLOAD_SOURCE_MISSING: z.object({ host: z.string(), name: z.string() }),
  DOWNLOAD_SOURCE_REFUSED: z.object({ host: z.string(), name: z.string(), status: z.number() }),
  DOWNLOAD_SOURCE_FAILED: z.object({ host: z.string(), reason: z.string() }),
  DOWNLOAD_DISK_FULL: z.object({ path: z.string(), neededBytes: z.number(), freeBytes: z.number().nullable() }),
  DOWNLOAD_HASH_WRONG: z.object({ name: z.string(), expected: z.string(), actual: z.string(), hashSource: z.string(), quarantine: z.string() }),
  LIBRARY_FILE_FOREIGN: z.object({ path: z.string(), folder: z.string() }),
  UPLOAD_NOT_FOUND: z.object({ id: z.string() }),
  UPLOAD_OUT_OF_ORDER: z.object({ expected: z.number(), received: z.number() }),
  PACK_INVALID: z.object({ path: z.string(), reason: z.string() }),
  CONTEXT_OVERFLOW: z.object({ promptTokens: z.number(), availableTokens: z.number(), contextTokens: z.number() }),
  CONTEXT_REFUSED: z.object({ path: z.string(), label: z.string(), rule: z.string() }),
  WORKER_CRASHED: z.object({ worker: z.string(), reason: z.string() }),
  /** `device`: the backend, such as `cuda`. */
  MODEL_CARD_FAILED: z.object({ worker: z.string(), device: z.string(), reason: z.string() }),
  MODEL_COMPUTE_FAILED: z.object({ reason: z.string() }),
  WORKER_UNAVAILABLE: z.object({ worker: z.string(), crashes: z.number() }),
  CONVERSATION_NOT_FOUND: z.object({ id: z.string() }),
  CONVERSATION_BUSY: z.object({ id: z.string() }),
  MESSAGE_NOT_FOUND: z.object({ id: z.string() }),
  TERMINAL_NOT_FOUND: z.object({ id: z.string() }),
  TERMINAL_START_FAILED: z.object({ shell: z.string(), reason: z.string() }),
  SETTINGS_INVALID: z.object({ path: z.string(), problems: z.array(z.string()) }),
  SETTING_UNKNOWN: z.object({ key: z.string() }),
  STORAGE_LOCKED: z.object({ path: z.string(), reason: z.string() }),
  STORAGE_DAMAGED: path,
  STORAGE_FULL: path,
  KEYCHAIN_UNAVAILABLE: z.object({ reason: z.enum(['absent', 'locked', 'no-answer', 'refused']) }),
  SECRET_NOT_FOUND: z.object({ name: z.string() }),
  SECRET_EXISTS: z.object({ name: z.string() }),
  SECRET_NAME_INVALID: z.object({ reason: z.string() }),
  SECRET_EMPTY: none,
  SECRET_TOO_LARGE: z.object({ sizeBytes: z.number(), limitBytes: z.number() }),
  SECRET_EXPIRED: z.object({ name: z.string(), expiredAt: z.string() }),
  SECRET_DAMAGED: z.object({ name: z.string() }),
  REDACTION_TOO_LARGE: z.object({ characters: z.number(), limit: z.number() }),
  REDACTION_OWN_SECRET: none,
  VAULT_WRONG_PASSPHRASE: z.object({ retryMilliseconds: z.number() }),
  VAULT_WRONG_CODE: z.object({ retryMilliseconds: z.number() }),
  VAULT_RATE_LIMITED: z.object({ retryMilliseconds: z.number() }),
  VAULT_CODE_MISTYPED: none,
  VAULT_PASSPHRASE_WEAK: z.object({ leastCharacters: z.number() }),
  VAULT_SLOT_MISSING: z.object({ kind: z.enum(['keychain', 'passphrase', 'recovery', 'file']) }),
  VAULT_LAST_SLOT: z.object({ kind: z.enum(['keychain', 'passphrase', 'recovery', 'file']) }),
  VAULT_NOTHING_TO_UNLOCK: none,
  EXPORT_UNREADABLE: z.object({ path: z.string(), reason: z.string() }),
  EGRESS_REFUSED: z.object({ host: z.string(), port: z.number(), rule: z.string() }),
  EGRESS_FAILED: z.object({ host: z.string(), reason: z.string() }),
  EGRESS_TIMED_OUT: z.object({ host: z.string(), seconds: z.number() }),
  EGRESS_TOO_LARGE: z.object({ host: z.string(), limitBytes: z.number() }),
  EGRESS_ADDRESS_INVALID: z.object({ reason: z.string() }),
  EGRESS_GRANT_REFUSED: z.object({ host: z.string(), reason: z.string() }),
  EGRESS_GRANT_NOT_FOUND: z.object({ id: z.string() }),
  EGRESS_QUESTION_NOT_FOUND: z.object({ id: z.string() }),
  AUDIT_BROKEN: z.object({ findings: z.number() }),
  AUDIT_EXPORT_UNREADABLE: z.object({ path: z.string(), reason: z.string() }),
  PORT_IN_USE: z.object({ port: z.number() }),
  SERVER_CLIENT_NOT_FOUND: z.object({ id: z.string() }),
  SERVER_CLIENT_EXISTS: z.object({ name: z.string() }),
  SERVER_SCOPE_MISSING: z.object({ scope: z.string() }),
  SERVER_MODEL_REFUSED: z.object({ id: z.string() }),
  SERVER_ROLE_EMPTY: z.object({ role: z.string() }),
  SERVER_RATE_LIMITED: z.object({ limit: z.number(), of: z.enum(['requests', 'tokens']), retryMilliseconds: z.number() }),
  SERVER_QUEUE_FULL: z.object({ waiting: z.number(), retryMilliseconds: z.number() }),
  SERVER_OFF: none,
  SELF_TEST_BUSY: none,
  SELF_TEST_MISSING: none,
  HOST_UNREACHABLE: z.object({ reason: z.string() }),
} as const

/** HTTP status of each code over REST; 500 where none is named. */
const errorStatuses: Partial<Record<keyof typeof errorCatalog, number>> = {
  WORKSPACE_NOT_FOUND: 404,
  FOLDER_NOT_FOUND: 404,
  FILE_NOT_FOUND: 404,
  MODEL_NOT_FOUND: 404,
  PRESET_NOT_FOUND: 404,
  CATALOGUE_ENTRY_NOT_FOUND: 404,
  DOWNLOAD_NOT_FOUND: 404,
  DOWNLOAD_SOURCE_MISSING: 404,
  UPLOAD_NOT_FOUND: 404,
  DOWNLOAD_NEEDS_GRANT: 403,
  DOWNLOAD_SOURCE_REFUSED: 403,
  LIBRARY_FILE_FOREIGN: 403,
  UPLOAD_OUT_OF_ORDER: 409,
  DOWNLOAD_TARGET_INVALID: 422,
  DOWNLOAD_HASH_WRONG: 422,
  PACK_INVALID: 422,
  DOWNLOAD_SOURCE_FAILED: 502,
  DOWNLOAD_DISK_FULL: 507,
  CONVERSATION_NOT_FOUND: 404,
  MESSAGE_NOT_FOUND: 404,
  TERMINAL_NOT_FOUND: 404,
  EGRESS_GRANT_NOT_FOUND: 404,
  EGRESS_QUESTION_NOT_FOUND: 404,
  EGRESS_REFUSED: 403,
  EGRESS_ADDRESS_INVALID: 422,
  EGRESS_GRANT_REFUSED: 422,
  EGRESS_FAILED: 502,
  EGRESS_TOO_LARGE: 502,
  EGRESS_TIMED_OUT: 504,
  FOLDER_UNREADABLE: 403,
  FILE_UNREADABLE: 403,
  FILE_NOT_WRITABLE: 403,
  PATH_OUTSIDE_WORKSPACE: 403,
  CONTEXT_REFUSED: 403,
  FILE_EXISTS: 409,
  FILE_CHANGED_ON_DISK: 409,
  CONVERSATION_BUSY: 409,
  MODEL_NOT_LOADED: 409,
  FILE_TOO_LARGE: 413,
  CONTEXT_OVERFLOW: 413,
  FILE_BINARY: 415,
  MODEL_UNSUPPORTED: 415,
  NOT_A_FOLDER: 422,
  FILE_NAME_INVALID: 422,
  MODEL_FILE_INVALID: 422,
  MODEL_OPTION_INVALID: 422,
  MODEL_DOES_NOT_FIT: 507,
  MODEL_CANNOT_FILL: 422,
  MODEL_CANNOT_CHAT: 422,
  MODEL_CANNOT_EMBED: 422,
  MODEL_CANNOT_RERANK: 422,
  SCHEMA_UNSUPPORTED: 422,
  SETTINGS_INVALID: 422,
  SETTING_UNKNOWN: 422,
  SERVER_CLIENT_NOT_FOUND: 404,
  SERVER_CLIENT_EXISTS: 409,
  SERVER_SCOPE_MISSING: 403,
  SERVER_MODEL_REFUSED: 403,
  SERVER_ROLE_EMPTY: 404,
  SERVER_RATE_LIMITED: 429,
  SERVER_QUEUE_FULL: 429,
  SERVER_OFF: 404,
  SELF_TEST_BUSY: 409,
  SELF_TEST_MISSING: 404,
  VAULT_WRONG_PASSPHRASE: 403,
  VAULT_WRONG_CODE: 403,
  VAULT_SLOT_MISSING: 409,
  VAULT_LAST_SLOT: 409,
  VAULT_NOTHING_TO_UNLOCK: 409,
  VAULT_CODE_MISTYPED: 422,
  VAULT_PASSPHRASE_WEAK: 422,
  VAULT_RATE_LIMITED: 429,
  KEYCHAIN_UNAVAILABLE: 503,
  SECRET_NOT_FOUND: 404,
  SECRET_EXISTS: 409,
  SECRET_EXPIRED: 409,
  SECRET_NAME_INVALID: 422,
  SECRET_EMPTY: 422,
  SECRET_TOO_LARGE: 413,
  REDACTION_TOO_LARGE: 413,
  REDACTION_OWN_SECRET: 409,
  EXPORT_UNREADABLE: 422,
  WORKER_CRASHED: 503,
  MODEL_CARD_FAILED: 503,
  MODEL_COMPUTE_FAILED: 503,
  WORKER_UNAVAILABLE: 503,
  DISK_FULL: 507,
  STORAGE_FULL: 507,
}

export function errorStatus(code: ErrorCode): number {
  return errorStatuses[code] ?? 500
}

export type ErrorCode = keyof typeof errorCatalog
export type ErrorData<C extends ErrorCode> = z.infer<(typeof errorCatalog)[C]>

/** An error that was foreseen: typed code, typed data, and words in `error-text.ts`. */
export class AppError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'AppError'
  readonly code: C
  readonly data: ErrorData<C>
  constructor(code: C, data: ErrorData<C>, options?: ErrorOptions) {
    super(code, options)
    this.code = code
    this.data = data
  }
}

/** `instanceof` alone would leave the type of the data open. */
export function isAppError(error: unknown): error is AppError {
  return error instanceof AppError
}

export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(errorCatalog, code)
}

/** For `.errors(may('MODEL_NOT_FOUND'))` in a contract. */
export function may<C extends ErrorCode>(...codes: C[]): { [K in C]: { status: number; data: (typeof errorCatalog)[K] } } {
  // The mapped type cannot be inferred from Object.fromEntries.
  return Object.fromEntries(codes.map(code => [code, { status: errorStatus(code), data: errorCatalog[code] }])) as { [K in C]: { status: number; data: (typeof errorCatalog)[K] } }
}
