import { isAppError } from '#shared/errors.ts'
import type { Audit, AuditEvent } from './audit.ts'

/** Records what may go on without its entry: where the log cannot be written, its `problem` says so and a later entry counts what is missing. */
export function recordIfPossible(audit: Audit, event: AuditEvent): void {
  try {
    audit.record(event)
  } catch (error) {
    if (!isAppError(error) || !error.code.startsWith('STORAGE_')) throw error
  }
}
