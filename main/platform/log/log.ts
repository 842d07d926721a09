import type { LogLevel } from '#shared/contract/logs.ts'

/** Writes lines for people who look for a fault. Never pass the content of prompts, files, terminals or secrets: pass counts, sizes and ids. */
export interface Log {
  write(level: LogLevel, message: string, details?: Record<string, unknown>): void
  debug(message: string, details?: Record<string, unknown>): void
  info(message: string, details?: Record<string, unknown>): void
  warn(message: string, details?: Record<string, unknown>): void
  error(message: string, details?: Record<string, unknown>): void
  /** The same log under another scope name, such as `inference`. */
  scope(name: string): Log
}
