import { describe, expect, it, vi } from 'vitest'
import { FakeLog } from './fake-log.ts'
import { describeFault, logFaults } from './log-faults.ts'

describe('logFaults', () => {
  it('writes down a failure that nobody waits for, until it is stopped', () => {
    const on = vi.spyOn(process, 'on')
    const log = new FakeLog()
    const stop = logFaults(log)
    const [, listener] = on.mock.calls.find(([event]) => String(event) === 'unhandledRejection') ?? []
    on.mockRestore()
    listener?.(Object.assign(new Error('quotes what was typed'), { code: 'EODD' }))
    stop()
    expect(process.listeners('unhandledRejection')).not.toContain(listener)
    expect(log.written).toMatchObject([{ level: 'error', details: { name: 'Error', code: 'EODD' } }])
    expect(JSON.stringify(log.written)).not.toContain('typed')
    expect(JSON.stringify(log.written)).toContain('log-faults.test.ts')
  })

  it('describes whatever was thrown', () => {
    expect(describeFault('text')).toEqual({ name: 'string' })
    const bare = new Error('x')
    delete bare.stack
    expect(describeFault(bare)).toEqual({ name: 'Error', at: [] })
  })
})
