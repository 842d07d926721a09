import type { Redactor } from './redactor.ts'

const deepest = 4

/** The strings within a log line's details masked, lists and records included; numbers and the like stay. */
export function maskDetails(details: Record<string, unknown>, redactor: Redactor): Record<string, unknown> {
  return Object.fromEntries(Object.entries(details).map(([key, value]) => [key, maskValue(value, redactor, 0)]))
}

function maskValue(value: unknown, redactor: Redactor, depth: number): unknown {
  if (typeof value === 'string') return redactor.mask(value)
  if (typeof value !== 'object' || value === null) return value
  if (depth === deepest) return '[cut]'
  if (Array.isArray(value)) return value.map(one => maskValue(one, redactor, depth + 1))
  if (value instanceof Date) return value
  // An error's own fields; its message may quote what a person typed.
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, maskValue(one, redactor, depth + 1)]))
}
