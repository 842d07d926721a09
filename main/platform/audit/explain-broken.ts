import type { KeyObject } from 'node:crypto'
import { entryText, nextMac, type AuditRow } from './audit-entry.ts'
import type { Finding } from './audit-findings.ts'
import { isEqual } from './audit-head.ts'

/** A row whose MAC does not follow from the row before. */
export interface BrokenRow {
  row: AuditRow
  /** The MAC that the row before shows. */
  formerMac: Buffer
  field: 'content' | 'mac'
}

/** Says which of the broken rows were edited, which changed places, and which are right and only stand behind one of those. */
export function explainBroken(key: KeyObject, broken: readonly BrokenRow[]): Finding[] {
  const findings: Finding[] = []
  /** MACs as they once stood, by place. */
  const macs = new Map<number, Buffer>()
  const moved = new Set<number>()
  for (const { row, formerMac, field } of broken) {
    const at = row.sequence
    const former = macs.get(at - 1) ?? formerMac
    const macOf = (other: AuditRow): Buffer => nextMac(key, former, entryText({ ...other, sequence: at }))
    const own = macOf(row)
    if (isEqual(own, row.mac)) continue
    const from = broken.find(other => other.row !== row && isEither(macOf(other.row), other.row.mac, row.mac))
    if (from) {
      macs.set(at, macOf(from.row))
      const [low, high] = at < from.row.sequence ? [at, from.row.sequence] : [from.row.sequence, at]
      // Two that changed places are one finding.
      if (!(moved.has(low) && moved.has(high))) findings.push({ finding: 'reordered', from: low, to: high, field: null, isNoted: false })
      moved.add(low).add(high)
    } else {
      if (field === 'mac') macs.set(at, own)
      findings.push({ finding: 'edited', from: at, to: at, field, isNoted: false })
    }
  }
  return merged(findings)
}

function isEither(mac: Buffer, one: Buffer, other: Buffer): boolean {
  return isEqual(mac, one) || isEqual(mac, other)
}

/** Many edited neighbours are one finding. */
function merged(findings: readonly Finding[]): Finding[] {
  const result: Finding[] = []
  for (const finding of findings) {
    const last = result.at(-1)
    if (last?.finding === 'edited' && finding.finding === 'edited' && last.field === finding.field && last.to === finding.from - 1) last.to = finding.to
    else result.push({ ...finding })
  }
  return result
}
