import pino, { type Logger } from 'pino'
import type { LogLevel, LogLine } from '#shared/contract/logs.ts'
import { Listeners } from '../live/listeners.ts'
import { maskDetails } from '../redaction/mask-details.ts'
import type { Redactor } from '../redaction/redactor.ts'
import type { Log } from './log.ts'
import type { LogBook } from './log-book.ts'
import { RotatingFile } from './rotating-file.ts'

const keptLines = 2000

/** A log of JSON lines in a rotating 0600 file under `folder`, with the newest lines in memory. Secrets in messages and details are masked. */
export function openPinoLog(folder: string, redactor: Redactor, level: LogLevel = 'info'): LogBook {
  const target = new RotatingFile(folder, 'cortex.log')
  const logger = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: label => ({ level: label }) } }, target)
  const ring: LogLine[] = []
  const listeners = new Listeners<LogLine>()
  let sequence = 0

  const remember = (line: Omit<LogLine, 'sequence'>): void => {
    const kept = { sequence: ++sequence, ...line }
    ring.push(kept)
    if (ring.length > keptLines) ring.splice(0, ring.length - keptLines)
    listeners.tell(kept)
  }
  return {
    log: new PinoLog(logger, 'cortex', redactor, remember),
    file: target.path,
    lines: () => ring.slice(),
    onLine: listener => listeners.add(listener),
    close: () => target.close(),
  }
}

class PinoLog implements Log {
  readonly #logger: Logger
  readonly #scope: string
  readonly #redactor: Redactor
  readonly #remember: (line: Omit<LogLine, 'sequence'>) => void

  constructor(logger: Logger, scope: string, redactor: Redactor, remember: (line: Omit<LogLine, 'sequence'>) => void) {
    this.#logger = logger
    this.#scope = scope
    this.#redactor = redactor
    this.#remember = remember
  }

  write(level: LogLevel, message: string, details: Record<string, unknown> = {}): void {
    if (!this.#logger.isLevelEnabled(level)) return
    const line = { message: this.#redactor.mask(message), details: maskDetails(details, this.#redactor) }
    this.#logger[level]({ scope: this.#scope, ...line.details }, line.message)
    this.#remember({ at: new Date(), level, scope: this.#scope, ...line })
  }
  debug(message: string, details?: Record<string, unknown>): void {
    this.write('debug', message, details)
  }
  info(message: string, details?: Record<string, unknown>): void {
    this.write('info', message, details)
  }
  warn(message: string, details?: Record<string, unknown>): void {
    this.write('warn', message, details)
  }
  error(message: string, details?: Record<string, unknown>): void {
    this.write('error', message, details)
  }
  scope(name: string): Log {
    return new PinoLog(this.#logger, name, this.#redactor, this.#remember)
  }
}
