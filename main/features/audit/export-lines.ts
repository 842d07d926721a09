import { entryText, type AuditRow } from '../../platform/audit/audit-entry.ts'
import type { AuditSeal } from '../../platform/audit/audit-seal.ts'
import { fingerprintOf } from '../../platform/vault/signing-key.ts'

interface Header {
  publicKey: Buffer
  version: string
  exportedAt: Date
  /** False where entries were left out by a filter: then the hashes do not follow from one another. */
  isWhole: boolean
  /** What stands before the first entry. */
  start: { sequence: number; hash: Buffer }
}

export const exportFormat = 'cortex-audit-export'

export function headerLine({ publicKey, version, exportedAt, isWhole, start }: Header): string {
  return line({
    type: 'header',
    format: exportFormat,
    version: 1,
    cortex: version,
    exportedAt: exportedAt.toISOString(),
    publicKey: publicKey.toString('base64'),
    fingerprint: fingerprintOf(publicKey),
    isWhole,
    start: { sequence: start.sequence, hash: start.hash.toString('hex') },
  })
}

/** `chained` is the text whose bytes were hashed behind the former hash: `hash = SHA-256(former hash, chained)`. */
export function entryLine(row: AuditRow): string {
  const { sequence, at, uptime, kind, actor, outcome, subject, details, hash } = row
  return line({ type: 'entry', sequence, at: new Date(at).toISOString(), uptime, kind, actor, outcome, subject, details, chained: entryText(row), hash: hash.toString('hex') })
}

export function sealLine({ sequence, at, reason, hash, mac, signature }: AuditSeal): string {
  return line({ type: 'seal', sequence, at, reason, hash: hash.toString('hex'), mac: mac.toString('hex'), signature: signature.toString('base64') })
}

export function endLine(entries: number, signature: Buffer): string {
  return line({ type: 'end', entries, signature: signature.toString('base64') })
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`
}
