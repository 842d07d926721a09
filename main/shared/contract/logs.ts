import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'

export const LogLevel = z.enum(['debug', 'info', 'warn', 'error'])
export type LogLevel = z.infer<typeof LogLevel>

/** One line of the log. It never holds the content of prompts, files or secrets. */
export const LogLine = z.object({
  sequence: z.number().int(),
  at: z.date(),
  level: LogLevel,
  scope: z.string(),
  message: z.string(),
  details: z.record(z.string(), z.unknown()),
})
export type LogLine = z.infer<typeof LogLine>

export const LogEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('snapshot'), lines: z.array(LogLine), file: z.string() }),
  z.object({ type: z.literal('lines-added'), lines: z.array(LogLine) }),
])
export type LogEvent = z.infer<typeof LogEvent>

export const logs = {
  watch: oc.route({ method: 'GET', summary: 'The last 2,000 log lines of this host, then new ones as they come.' }).output(eventIterator(LogEvent)),
}
