import type { LedgerEntry } from '#shared/contract/ledger.ts'

const columns = ['sequence', 'at', 'kind', 'who', 'why', 'target', 'address', 'port', 'decision', 'rule', 'bytesIn', 'bytesOut', 'isEnded'] as const satisfies readonly (keyof LedgerEntry)[]

export const csvHead = `${columns.join(',')}\r\n`

export function csvLine(entry: LedgerEntry): string {
  return `${columns.map(column => field(entry[column])).join(',')}\r\n`
}

function field(value: LedgerEntry[keyof LedgerEntry]): string {
  const text = value instanceof Date ? value.toISOString() : String(value ?? '')
  // A spreadsheet would run what begins like a formula.
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
