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

/**
 * Whether what is old by the clock may be deleted. A clock that went back is not believed this time; one that leapt more than a month is not
 * believed until a day has passed on it.
 */
export function weighClock(memory: ClockMemory | null, now: Date): { isTrusted: boolean; memory: ClockMemory } {
  if (!memory) return { isTrusted: true, memory: { seenAt: now, jumpedAt: null } }
  const passed = now.getTime() - memory.seenAt.getTime()
  if (passed < -hour) return { isTrusted: false, memory: { seenAt: now, jumpedAt: null } }
  if (passed > longestPause) return { isTrusted: false, memory: { seenAt: now, jumpedAt: now } }
  const { jumpedAt } = memory
  const isSettled = jumpedAt === null || now.getTime() - jumpedAt.getTime() >= day
  return { isTrusted: isSettled, memory: { seenAt: now, jumpedAt: isSettled ? null : jumpedAt } }
}
