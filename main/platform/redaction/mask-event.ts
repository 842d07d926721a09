import type { AuditEvent } from '../audit/audit.ts'

type Details = NonNullable<AuditEvent['details']>

/** What `Audit.digest` gives: it says nothing of the text it was made of. */
const digest = /^[0-9a-f]{64}$/

/** The entry with subject and details masked; the same entry where nothing was. */
export function maskEvent(event: AuditEvent, mask: (text: string) => string): AuditEvent {
  const subject = event.subject === undefined ? undefined : mask(event.subject)
  const details = event.details && maskedDetails(event.details, mask)
  if (subject === event.subject && details === event.details) return event
  return { ...event, ...(subject === undefined ? {} : { subject }), ...(details === undefined ? {} : { details }) }
}

function maskedDetails(details: Details, mask: (text: string) => string): Details {
  let masked: Record<string, Details[string]> | null = null
  for (const [key, value] of Object.entries(details)) {
    if (typeof value !== 'string' || (key === 'hash' && digest.test(value))) continue
    const text = mask(value)
    if (text !== value) masked = { ...(masked ?? details), [key]: text }
  }
  return masked ?? details
}
