import { z } from 'zod'

/** What the last look at the clock left behind. */
export const ClockMemory = z.object({
  seenAt: z.coerce.date(),
  /** When a jump forward was first seen; null while nothing is doubted. */
  jumpedAt: z.coerce.date().nullable(),
})
export type ClockMemory = z.infer<typeof ClockMemory>

const hour = 3_600_000
const day = 24 * hour
/** Nobody leaves Cortex alone for longer without noticing that old conversations go a day later than they might. */
const longestPause = 31 * day

/** More than a machine sleeps in a night: else every morning would begin with doubt. */
const longestSleep = 20 * hour

/**
 * Whether what is old by the clock may be deleted. A clock that went back is not believed this time; one that leapt more than a month, or most of
 * a day ahead of the time that Cortex ran (`elapsed` in milliseconds; null after a start), is not believed until a day has passed on it.
 */
export function weighClock(memory: ClockMemory | null, now: Date, elapsed: number | null = null): { isTrusted: boolean; memory: ClockMemory } {
  if (!memory) return { isTrusted: true, memory: { seenAt: now, jumpedAt: null } }
  const passed = now.getTime() - memory.seenAt.getTime()
  if (passed < -hour) return { isTrusted: false, memory: { seenAt: now, jumpedAt: null } }
  if (elapsed !== null && passed - elapsed > longestSleep && passed <= longestPause) return { isTrusted: false, memory: { seenAt: now, jumpedAt: memory.jumpedAt ?? now } }
  if (passed > longestPause) return { isTrusted: false, memory: { seenAt: now, jumpedAt: now } }
  const { jumpedAt } = memory
  const isSettled = jumpedAt === null || now.getTime() - jumpedAt.getTime() >= day
  return { isTrusted: isSettled, memory: { seenAt: now, jumpedAt: isSettled ? null : jumpedAt } }
}
