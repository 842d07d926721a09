import type { LedgerFilter, LedgerLine } from './ledger-book.ts'

/** Whether a line is wanted; the same question that `ledger-table.ts` asks in SQL. */
export function fits(line: LedgerLine, { kind, who, decision, text, target, from, until, before }: LedgerFilter): boolean {
  const has = (part: string): boolean => [line.target, line.address ?? '', line.who, line.why, line.rule].some(field => field.toLowerCase().includes(part))
  return (
    (kind === undefined || line.kind === kind) &&
    (who === undefined || line.who === who) &&
    (decision === undefined || line.decision === decision) &&
    (target === undefined || line.target.toLowerCase() === target.toLowerCase()) &&
    (from === undefined || line.at >= from) &&
    (until === undefined || line.at < until) &&
    (before === undefined || line.sequence < before) &&
    (text === undefined || text === '' || has(text.toLowerCase()))
  )
}
