import type { LogLevel } from '#shared/contract/logs.ts'
import type { Log } from './log.ts'

export interface FakeLogLine {
  level: LogLevel
  scope: string
  message: string
  details: Record<string, unknown>
}

/** Keeps every line, so that a test can say what was logged and what was not. */
export class FakeLog implements Log {
  readonly written: FakeLogLine[]
  readonly #scope: string
  constructor(scope = 'cortex', written: FakeLogLine[] = []) {
    this.written = written
    this.#scope = scope
  }
  write(level: LogLevel, message: string, details: Record<string, unknown> = {}): void {
    this.written.push({ level, scope: this.#scope, message, details })
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
    return new FakeLog(name, this.written)
  }
}
