import type { AuditFacts } from '../../platform/audit/audit-entry.ts'

/** One entry in ArcSight's Common Event Format, with its line end. */
export function cefLine(row: AuditFacts & { hash: Buffer }, version: string): string {
  const header = ['CEF:0', 'Cortex', 'Cortex', version, row.kind, `${row.actor} ${row.kind}`, String(severityOf(row))].map((field, index) => (index === 0 ? field : headerField(field)))
  const extension = [
    ['rt', String(row.at)],
    ['externalId', String(row.sequence)],
    ['act', row.kind],
    ['outcome', row.outcome],
    ['sproc', row.actor],
    ...(row.subject === null ? [] : [['cs1Label', 'subject'], ['cs1', row.subject]]),
    ...(row.details === null ? [] : [['cs2Label', 'details'], ['cs2', row.details]]),
    ['cs3Label', 'hash'],
    ['cs3', row.hash.toString('hex')],
  ]
  return `${header.join('|')}|${extension.map(([key = '', value = '']) => `${key}=${extensionValue(value)}`).join(' ')}\n`
}

/** Of 0 to 10. */
function severityOf({ kind, outcome }: AuditFacts): number {
  if (kind === 'audit.gap') return 10
  return outcome === 'failed' ? 7 : outcome === 'refused' ? 6 : 3
}

function headerField(text: string): string {
  return text.replace(/[\\|]/g, '\\$&').replace(/[\r\n\u2028\u2029]+/g, ' ')
}

function extensionValue(text: string): string {
  return text.replace(/[\\=]/g, '\\$&').replace(/\n/g, '\\n').replace(/\r/g, '\\r')
}
