import { create } from 'zustand'
import type { LogEvent, LogLevel, LogLine } from '#shared/contract/logs.ts'

/** Kept in the window; the file has all. */
export const mostLines = 10_000

interface LogsState {
  lines: readonly LogLine[]
  file: string | null
  level: LogLevel
  query: string
}

export const useLogs = create<LogsState>(() => ({ lines: [], file: null, level: 'info', query: '' }))

export function takeLogEvent(event: LogEvent): void {
  if (event.type === 'snapshot') useLogs.setState({ lines: event.lines, file: event.file })
  else useLogs.setState(state => ({ lines: [...state.lines, ...event.lines].slice(-mostLines) }))
}
