import type { AuditEvent } from '../audit/audit.ts'

/** The entry with subject and details masked; most have nothing to mask and are told so by one look at all of it. */
export function maskEvent(event: AuditEvent, mask: (text: string) => string): AuditEvent {
  const { subject, details } = event
  const whole = [subject ?? '', ...Object.values(details ?? {}).filter(value => typeof value === 'string')].join('\n')
  if (mask(whole) === whole) return event
  return {
    ...event,
    ...(subject === undefined ? {} : { subject: mask(subject) }),
    ...(details === undefined ? {} : { details: Object.fromEntries(Object.entries(details).map(([key, value]) => [key, typeof value === 'string' ? mask(value) : value])) }),
  }
}
