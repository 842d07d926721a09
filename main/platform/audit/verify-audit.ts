import { setImmediate as nextTurn } from 'node:timers/promises'
import type { KeyObject } from 'node:crypto'
import type { AuditRow, ChainLink } from './audit-entry.ts'
import { inRanges, type Finding } from './audit-findings.ts'
import { isEqual, type AuditHead, type HeadPlace, type HeadReading } from './audit-head.ts'
import { isSealed, type AuditSeal } from './audit-seal.ts'
import { ChainVerifier } from './chain-verifier.ts'
import type { PackedRow } from './link-check.ts'

/** So many take some milliseconds. */
const rowsAtOnce = 500
/** After so long others get their turn. */
const turnMilliseconds = 8

/** What is checked: as it stood when the verification began. */
export interface AuditEvidence {
  key: KeyObject
  publicKey: Buffer
  rowsAfter: (sequence: number, limit: number) => PackedRow[]
  /** One that does not simply follow from the one before. */
  entry: (sequence: number) => AuditRow | null
  /** Numbers of entries that stand outside the chain or twice. */
  strays: readonly number[]
  seals: readonly AuditSeal[]
  head: HeadReading
  /** The last entry that counts; what is appended meanwhile is left for the next time. */
  end: number
}

export interface VerifyOptions {
  signal?: AbortSignal | undefined
  onProgress?: (checked: number) => void
}

export interface VerifyResult {
  entries: number
  firstSequence: number
  lastSequence: number
  findings: Finding[]
}

/** Checks a whole chain without keeping the host from other work; throws as `rowsAfter`, or the signal's reason. */
export async function verifyAudit({ key, publicKey, rowsAfter, entry, strays, seals, head, end }: AuditEvidence, { signal, onProgress }: VerifyOptions = {}): Promise<VerifyResult> {
  const findings: Finding[] = []
  const valid = seals.filter(seal => isSealed(publicKey, seal) || !findings.push(finding('seal-invalid', seal.sequence)))
  const start = valid.findLast(seal => seal.reason === 'rotation') ?? null
  const verifier = new ChainVerifier(key, start)
  const waiting = valid.filter(seal => seal.sequence > (start?.sequence ?? 0))
  let next = 0
  let firstSequence = 0
  let turn = performance.now()
  for (let after = start?.sequence ?? 0, isMore = true; isMore; ) {
    signal?.throwIfAborted()
    const rows = rowsAfter(after, rowsAtOnce)
    after = rows.at(-1)?.sequence ?? after
    for (const row of rows) {
      if (row.sequence > end) break
      if (!verifier.addFitting(row)) addWhole(verifier, entry(row.sequence))
      firstSequence ||= row.sequence
      while ((waiting[next]?.sequence ?? Infinity) <= row.sequence) {
        const seal = waiting[next++]
        if (seal?.sequence === row.sequence && !isSame(seal, verifier.link)) findings.push(finding('seal-differs', row.sequence))
      }
    }
    onProgress?.(verifier.count)
    isMore = rows.length === rowsAtOnce && after < end
    if (!isMore || performance.now() - turn < turnMilliseconds) continue
    await nextTurn()
    turn = performance.now()
  }
  const lastMac = verifier.count > 0 ? verifier.link.mac : null
  const lastSequence = verifier.sequence
  const named = verifier.finish()
  // Of an entry that is named, its seal has nothing more to say.
  const sealed = findings.filter(({ finding: name, from }) => name !== 'seal-differs' || !named.some(other => isAbout(other, from)))
  findings.splice(0, findings.length, ...sealed, ...named)
  findings.push(...inRanges([...new Set(strays)].sort((a, b) => a - b)).map(([from, to]): Finding => ({ finding: 'inserted', from, to, field: null, isNoted: false })))
  findings.push(...endFindings({ lastSequence, lastMac, head, seals, isLastKnown: named.some(({ to }) => to >= lastSequence) }))
  return { entries: verifier.count, firstSequence, lastSequence, findings: findings.sort((a, b) => a.from - b.from) }
}

/** Null: it went between the two looks, as by a rotation. What is gone is named by the next one. */
function addWhole(verifier: ChainVerifier, row: AuditRow | null): void {
  if (row) verifier.add(row)
}

interface End {
  lastSequence: number
  lastMac: Buffer | null
  head: HeadReading
  seals: readonly AuditSeal[]
  /** What is wrong with the last entry is told already. */
  isLastKnown: boolean
}

function endFindings({ lastSequence, lastMac, head, seals, isLastKnown }: End): Finding[] {
  const sealed = seals.at(-1)?.sequence ?? 0
  const confirmed = head.status === 'ok' ? placeOf(head.head, lastSequence, lastMac) : null
  const known = Math.max(sealed, confirmed?.sequence ?? 0)
  const findings: Finding[] = []
  if (known > lastSequence) findings.push({ finding: 'truncated', from: lastSequence + 1, to: known, field: null, isNoted: false })
  if (head.status === 'missing' && lastSequence > 0) findings.push(finding('head-missing', lastSequence))
  if (head.status === 'damaged' || head.status === 'foreign') findings.push(finding(`head-${head.status}`, lastSequence))
  if (confirmed && confirmed.sequence < lastSequence) findings.push(finding('head-behind', confirmed.sequence))
  if (confirmed && confirmed.sequence === lastSequence && lastMac && !isLastKnown && !isEqual(Buffer.from(confirmed.mac, 'base64'), lastMac)) findings.push(finding('last-entry-differs', lastSequence))
  const seal = head.status === 'ok' ? head.head.seal : null
  if (seal && !seals.some(({ sequence, signature }) => sequence === seal.sequence && signature.toString('base64') === seal.signature)) findings.push(finding('seal-missing', seal.sequence))
  return findings
}

/** Where the head says that the log ends: where it was about to end, if it does, since a commit may have been the last thing that could be written. */
function placeOf({ confirmed, intended }: AuditHead, lastSequence: number, lastMac: Buffer | null): HeadPlace {
  const isThere = intended?.sequence === lastSequence && lastMac !== null && isEqual(Buffer.from(intended.mac, 'base64'), lastMac)
  return isThere ? intended : confirmed
}

function finding(name: Finding['finding'], sequence: number): Finding {
  return { finding: name, from: sequence, to: sequence, field: null, isNoted: false }
}

function isAbout({ finding: name, from, to }: Finding, sequence: number): boolean {
  return name === 'reordered' ? sequence === from || sequence === to : sequence >= from && sequence <= to
}

function isSame(seal: ChainLink, link: ChainLink): boolean {
  return isEqual(seal.hash, link.hash) && isEqual(seal.mac, link.mac)
}
