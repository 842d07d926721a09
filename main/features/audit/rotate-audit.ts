import { setTimeout as sleep } from 'node:timers/promises'
import type { AuditLog } from '../../platform/audit/audit-log.ts'

/** A clock that is set ahead must not wipe the log: this many of the newest entries stay, however old they look. */
const alwaysKept = 1000
/** Fewer are not worth a checkpoint. */
const leastDropped = 100
const droppedAtOnce = 2000
const dayMilliseconds = 86_400_000

interface Retention {
  days: number
  entries: number
  now: Date
  signal: AbortSignal
}

/**
 * Lets go of the oldest entries: writes that down, seals the place the chain will begin after, and deletes what is older, in pieces.
 * Cut short at any point, the next rotation goes on. How many entries went; throws as `AuditLog.flush`.
 */
export async function rotateAudit(audit: AuditLog, { days, entries, now, signal }: Retention): Promise<number> {
  audit.flush()
  const { chain } = audit
  if (!chain) return 0
  const { table } = chain
  const first = table.firstSequence()
  const tooOld = (table.firstSince(now.getTime() - days * dayMilliseconds) ?? chain.sequence + 1) - 1
  const last = Math.min(Math.max(tooOld, chain.sequence - entries), chain.sequence - alwaysKept)
  const sealed = table.seals().findLast(seal => seal.reason === 'rotation')?.sequence ?? 0
  if (last - Math.max(first - 1, sealed) >= leastDropped) {
    audit.record({ kind: 'audit.rotate', actor: 'audit', outcome: 'done', details: { from: Math.max(first, sealed + 1), to: last, keepDays: days, keepEntries: entries } })
    audit.flush()
    if (!chain.sealRotation(last)) return 0
    audit.seal('interval')
  } else if (first === 0 || first > sealed) return 0
  const end = Math.max(sealed, last - Math.max(first - 1, sealed) >= leastDropped ? last : 0)
  let gone = 0
  for (;;) {
    signal.throwIfAborted()
    const deleted = table.deleteUpTo(end, droppedAtOnce)
    gone += deleted
    if (deleted < droppedAtOnce) return gone
    await sleep(1, undefined, { signal })
  }
}
