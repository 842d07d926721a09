import type { Audit, AuditEvent } from './audit.ts'
import { recordIfPossible } from './record-if-possible.ts'

/** Does what must not happen unrecorded: what cannot be recorded is not done, and what was recorded and could not be done is recorded as failed. */
export function recordThenDo<T>(audit: Audit, event: AuditEvent, change: () => T): T {
  audit.recordFirst(event)
  try {
    return change()
  } catch (error) {
    recordIfPossible(audit, { ...event, outcome: 'failed' })
    throw error
  }
}
