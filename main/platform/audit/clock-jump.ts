import type { AuditEvent } from './audit.ts'

interface Reading {
  /** Milliseconds of the wall clock. */
  at: number
  /** Milliseconds of a clock that only goes forward and may stand still while the machine sleeps. */
  uptime: number
}

const backMilliseconds = 10_000
const aheadMilliseconds = 60 * 60_000

/** What to note where the wall clock went another way than time did; null where the two agree. */
export function clockJump(before: Reading, now: Reading): AuditEvent | null {
  const moved = now.at - before.at - (now.uptime - before.uptime)
  if (moved > -backMilliseconds && moved < aheadMilliseconds) return null
  const seconds = Math.round(moved / 1000)
  return { kind: 'clock.jump', actor: 'audit', outcome: 'done', details: { seconds, was: new Date(before.at).toISOString(), direction: moved < 0 ? 'set back' : 'set ahead, or the machine slept' } }
}
