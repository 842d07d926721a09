import { AuditEntry } from '#shared/contract/audit.ts'
import type { AuditFacts } from '../../platform/audit/audit-entry.ts'

/** Beyond this an edited time is none. */
const mostTime = 8.64e15
const Details = AuditEntry.shape.details

/** An entry as it is shown. One whose details were edited into something else is shown with them as text. */
export function entryOf({ sequence, at, uptime, kind, actor, outcome, subject, details }: AuditFacts): AuditEntry {
  return { sequence, at: new Date(Math.max(-mostTime, Math.min(mostTime, at))), uptime, kind, actor, outcome, subject, details: details === null ? {} : detailsOf(details) }
}

function detailsOf(text: string): AuditEntry['details'] {
  try {
    const parsed = Details.safeParse(JSON.parse(text))
    if (parsed.success) return parsed.data
  } catch {
    // Shown as it stands, below.
  }
  return { unreadable: text }
}
