import type { LogLine } from '#shared/contract/logs.ts'
import type { Log } from './log.ts'

/** The log of this host: where lines are written, and the newest of them in memory. */
export interface LogBook {
  readonly log: Log
  /** Absolute path of the file written to. */
  readonly file: string
  /** The last 2,000 lines, oldest first. */
  lines(): readonly LogLine[]
  onLine(listener: (line: LogLine) => void): () => void
  close(): void
}
