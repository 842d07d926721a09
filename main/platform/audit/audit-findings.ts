import type { AuditFinding } from '#shared/contract/audit.ts'

export type Finding = AuditFinding

/** Ascending numbers as ranges of neighbours. */
export function inRanges(numbers: readonly number[]): [number, number][] {
  const ranges: [number, number][] = []
  for (const number of numbers) {
    const last = ranges.at(-1)
    if (last && last[1] === number - 1) last[1] = number
    else ranges.push([number, number])
  }
  return ranges
}
