import type { LogLevel, LogLine } from '#shared/contract/logs.ts'
import type { Log } from './log.ts'
import type { LogBook } from './log-book.ts'

/** Keeps every line in memory, for tests to read. */
export class FakeLog implements Log, LogBook {
  readonly written: LogLine[]
  readonly file = '/fake/cortex.log'
  readonly #scope: string
  readonly #listeners: Set<(line: LogLine) => void>

  constructor(scope = 'cortex', written: LogLine[] = [], listeners = new Set<(line: LogLine) => void>()) {
    this.#scope = scope
    this.written = written
    this.#listeners = listeners
  }
  get log(): Log {
    return this
  }
  lines(): readonly LogLine[] {
    return this.written
  }
  onLine(listener: (line: LogLine) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
  close(): void {}
  write(level: LogLevel, message: string, details: Record<string, unknown> = {}): void {
    const line = { sequence: this.written.length + 1, at: new Date(), level, scope: this.#scope, message, details }
    this.written.push(line)
    for (const listener of this.#listeners) listener(line)
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
    return new FakeLog(name, this.written, this.#listeners)
  }
}
