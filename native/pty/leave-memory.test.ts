import { expect, it } from 'vitest'
import { leaveMemoryAsItWas } from './leave-memory.ts'

it('gives the filter back that was there, and takes nothing else for one', () => {
  const written: string[] = []
  const write = (path: string, text: string): void => void written.push(`${path} ${text}`)
  leaveMemoryAsItWas({}, write)
  leaveMemoryAsItWas({ CORTEX_CORE_FILTER: 'all' }, write)
  leaveMemoryAsItWas({ CORTEX_CORE_FILTER: '0x00000033' }, write)
  expect(written).toEqual(['/proc/self/coredump_filter 0x00000033'])
  leaveMemoryAsItWas({ CORTEX_CORE_FILTER: '0x33' }, () => {
    throw new Error('read-only')
  })
})
