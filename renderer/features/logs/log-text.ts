import type { LogLevel, LogLine } from '#shared/contract/logs.ts'

const order: Record<LogLevel, number> = { debug: 0, info: 1, warn: 2, error: 3 }

/** `14:05:09.120` in the person's own time. */
export function timeText(at: Date): string {
  const two = (part: number): string => String(part).padStart(2, '0')
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${String(at.getMilliseconds()).padStart(3, '0')}`
}

/** `key=value` pairs of a line's details, in their order. */
export function detailsText(details: Record<string, unknown>): string {
  return Object.entries(details)
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ')
}

/** Lines of this level and above that hold the words. */
export function filterLines(lines: readonly LogLine[], level: LogLevel, query: string): readonly LogLine[] {
  const wanted = query.trim().toLowerCase()
  return lines.filter(line => order[line.level] >= order[level] && (wanted === '' || `${line.scope} ${line.message} ${detailsText(line.details)}`.toLowerCase().includes(wanted)))
}

/** One line as text, for the clipboard. */
export function lineText(line: LogLine): string {
  return [line.at.toISOString(), line.level, line.scope, line.message, detailsText(line.details)].filter(Boolean).join(' ')
}
