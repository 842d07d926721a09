import { expect, it } from 'vitest'
import { keepMemoryOffDisk } from './keep-memory-off-disk.ts'

it('writes no report and no memory, and says what held before', () => {
  const written: string[] = []
  // The part of Node's report that is set.
  const report = { reportOnFatalError: true, reportOnSignal: true, reportOnUncaughtException: true, excludeEnv: false } as NodeJS.ProcessReport
  expect(keepMemoryOffDisk({ report, read: () => '00000033\n', write: (path, text) => void written.push(`${path} ${text}`) })).toBe('0x00000033')
  expect(written).toEqual(['/proc/self/coredump_filter 0x0'])
  expect(report).toEqual({ reportOnFatalError: false, reportOnSignal: false, reportOnUncaughtException: false, excludeEnv: true })
})

it('goes on where the system has no such filter', () => {
  expect(keepMemoryOffDisk({ report: undefined, read: () => { throw new Error('no file') } })).toBeNull()
})
