import type { AuditEntry, AuditState } from '#shared/contract/audit.ts'
import { whenText } from '../../ui/when.ts'
import type { Fact } from '../../ui/fact-list.tsx'

/** Areas of kinds, for the filter. */
export const areas: readonly { value: string; label: string }[] = [
  { value: 'any', label: 'Everything' },
  { value: 'prompt', label: 'Prompts' },
  { value: 'file', label: 'Files read and written' },
  { value: 'context', label: 'Context refused or overridden' },
  { value: 'model', label: 'Models' },
  { value: 'egress', label: 'Network' },
  { value: 'secret', label: 'Secrets' },
  { value: 'setting', label: 'Settings' },
  { value: 'trust', label: 'Trust' },
  { value: 'vault', label: 'Vault' },
  { value: 'audit', label: 'Audit log' },
  { value: 'host', label: 'Host' },
]

/** "Secret use" of `secret.use`. */
export function kindText(kind: string): string {
  const words = kind.replace(/[.-]/g, ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** "Prompt tokens" of `promptTokens`. */
function labelText(key: string): string {
  const words = key.replace(/[a-z](?=[A-Z])/g, '$& ').toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

export function timeText(at: Date): string {
  return `${at.toLocaleDateString('sv-SE')} ${at.toLocaleTimeString('en-GB')}`
}

/** What a row says to a screen reader, and the details as they are shown. */
export function detailFacts({ sequence, at, details }: AuditEntry): Fact[] {
  return [{ label: 'Entry', value: sequence.toLocaleString('en') }, { label: 'Time', value: timeText(at) }, ...Object.entries(details).map(([key, value]) => ({ label: labelText(key), value: typeof value === 'number' ? value.toLocaleString('en') : String(value) }))]
}

/** The log in three lines. */
export function auditFacts({ entries, report, isVerifying, sealedAt, keyFingerprint }: AuditState): Fact[] {
  const sealed: Fact = { label: 'Sealed', value: sealedAt === null ? 'not yet' : whenText(sealedAt), ...(keyFingerprint === null ? {} : { title: `By the key ${keyFingerprint}` }) }
  return [{ label: 'Entries', value: entries.toLocaleString('en') }, chainFact(report, isVerifying), sealed]
}

function chainFact(report: AuditState['report'], isVerifying: boolean): Fact {
  if (report === null) return { label: 'Chain', value: isVerifying ? 'being checked' : 'not checked yet', tone: 'muted' }
  const at = whenText(report.at)
  if (report.findings.length === 0) return { label: 'Chain', value: `intact, ${at}`, tone: 'ok' }
  return { label: 'Chain', value: `broken in ${report.findings.length.toLocaleString('en')} ${report.findings.length === 1 ? 'place' : 'places'}`, tone: 'error' }
}
