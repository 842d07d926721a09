import { describe, expect, it } from 'vitest'
import { FakeLog } from '../../platform/log/fake-log.ts'
import { LogsService } from './logs-service.ts'

describe('LogsService', () => {
  it('yields the lines so far, then new ones, gathered for a slow reader', async () => {
    const log = new FakeLog()
    log.info('before')
    const events = new LogsService(log).watch()
    expect((await events.next()).value).toMatchObject({ type: 'snapshot', file: log.file, lines: [{ message: 'before', sequence: 1 }] })
    const next = events.next()
    log.warn('one')
    expect((await next).value).toMatchObject({ type: 'lines-added', lines: [{ message: 'one' }] })
    for (let index = 0; index < 3000; index++) log.debug(`line ${index}`)
    const { value } = await events.next()
    expect(value?.lines).toHaveLength(2000)
    expect(value?.lines.at(-1)?.message).toBe('line 2999')
    await events.return()
    log.info('nobody hears')
  })

  it('puts lines that come before the first read into the snapshot', async () => {
    const log = new FakeLog()
    const events = new LogsService({ ...log, log, file: 'f', lines: () => [], close: () => undefined, onLine: listener => (listener({ sequence: 1, at: new Date(), level: 'info', scope: 's', message: 'early', details: {} }), () => undefined) }).watch()
    expect((await events.next()).value).toMatchObject({ type: 'snapshot', lines: [{ message: 'early' }] })
    await events.return()
  })
})
