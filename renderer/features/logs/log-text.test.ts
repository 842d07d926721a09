import { describe, expect, it } from 'vitest'
import type { LogEvent, LogLine } from '#shared/contract/logs.ts'
import { detailsText, filterLines, lineText, timeText } from './log-text.ts'
import { mostLines, takeLogEvent, useLogs } from './logs-store.ts'

const line = (sequence: number, level: LogLine['level'], message: string, details: Record<string, unknown> = {}): LogLine => ({ sequence, at: new Date(2026, 10, 2, 9, 4, 5, 7), level, scope: 'host', message, details })
const lines = [line(1, 'debug', 'Reading'), line(2, 'info', 'Listening', { port: 4711 }), line(3, 'error', 'Worker gone', { code: null })]

describe('log text', () => {
  it('writes time and details', () => {
    expect(timeText(lines[0]!.at)).toBe('09:04:05.007')
    expect(detailsText({ port: 4711, name: 'a b', list: [1] })).toBe('port=4711 name=a b list=[1]')
    expect(lineText(lines[1]!)).toMatch(/^2026-11-02T.*Z info host Listening port=4711$/)
  })

  it('filters by level and by words, also in the details', () => {
    expect(filterLines(lines, 'info', '').map(({ sequence }) => sequence)).toEqual([2, 3])
    expect(filterLines(lines, 'debug', '4711').map(({ sequence }) => sequence)).toEqual([2])
    expect(filterLines(lines, 'debug', 'WORKER')).toHaveLength(1)
  })

  it('starts over at a snapshot and keeps no more than it may', () => {
    takeLogEvent({ type: 'snapshot', lines, file: '/log' })
    const flood: LogEvent = { type: 'lines-added', lines: Array.from({ length: mostLines }, (_, index) => line(index + 10, 'info', 'x')) }
    takeLogEvent(flood)
    expect(useLogs.getState().lines).toHaveLength(mostLines)
    takeLogEvent({ type: 'snapshot', lines, file: '/log' })
    expect(useLogs.getState().lines).toHaveLength(3)
  })
})
