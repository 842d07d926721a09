import pino, { type Logger } from 'pino'
import type { LogLevel, LogLine } from '#shared/contract/logs.ts'
import { Listeners } from '../live/listeners.ts'
import type { Log } from './log.ts'
import type { LogBook } from './log-book.ts'
import { RotatingFile } from './rotating-file.ts'

const keptLines = 2000

/** A log of JSON lines in a rotating 0600 file under `folder`, with the newest lines in memory. */
export function openPinoLog(folder: string, level: LogLevel = 'info'): LogBook {
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
    log: new PinoLog(logger, 'cortex', remember),
    file: target.path,
    lines: () => ring.slice(),
    onLine: listener => listeners.add(listener),
    close: () => target.close(),
  }
}

class PinoLog implements Log {
  readonly #logger: Logger
  readonly #scope: string
  readonly #remember: (line: Omit<LogLine, 'sequence'>) => void

  constructor(logger: Logger, scope: string, remember: (line: Omit<LogLine, 'sequence'>) => void) {
    this.#logger = logger
    this.#scope = scope
    this.#remember = remember
  }

  write(level: LogLevel, message: string, details: Record<string, unknown> = {}): void {
    if (!this.#logger.isLevelEnabled(level)) return
    this.#logger[level]({ scope: this.#scope, ...details }, message)
    this.#remember({ at: new Date(), level, scope: this.#scope, message, details })
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
    return new PinoLog(this.#logger, name, this.#remember)
  }
}
