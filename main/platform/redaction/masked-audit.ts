import type { Audit, AuditEvent } from '../audit/audit.ts'
import type { Redactor } from './redactor.ts'

/** An audit log into which no secret comes by its subjects and details. Only sure findings are masked: paths and hashes stay readable. */
export function maskedAudit(audit: Audit, redactor: Redactor): Audit {
  const mask = (text: string): string => redactor.mask(text, { isSureOnly: true })
  return {
    record(event: AuditEvent): void {
      const { subject, details } = event
      audit.record({
        ...event,
        ...(subject === undefined ? {} : { subject: mask(subject) }),
        ...(details === undefined ? {} : { details: Object.fromEntries(Object.entries(details).map(([key, value]) => [key, typeof value === 'string' ? mask(value) : value])) }),
      })
    },
    flush: () => {
      audit.flush()
    },
  }
}
