import type { Audit } from '../audit/audit.ts'
import type { Redacted, Redactor } from './redactor.ts'

/**
 * For text that leaves for another machine: masks it and tells the audit log how much of what kind. Throws REDACTION_TOO_LARGE, and what the audit log
 * throws: then nothing may be sent.
 */
export function maskOutgoing(text: string, { redactor, audit, actor, target }: { redactor: Redactor; audit: Audit; actor: string; target: string }): Redacted {
  const redacted = redactor.redact(text)
  if (redacted.findings.length === 0) return redacted
  const counts = new Map<string, number>()
  for (const { kind } of redacted.findings) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  audit.record({ kind: 'redaction.mask', actor, outcome: 'done', subject: target, details: Object.fromEntries(counts) })
  return redacted
}
