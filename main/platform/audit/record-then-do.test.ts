import { describe, expect, it } from 'vitest'
import { AppError } from '#shared/errors.ts'
import type { AuditEvent } from './audit.ts'
import { FakeAudit } from './fake-audit.ts'
import { recordThenDo } from './record-then-do.ts'

const event: AuditEvent = { kind: 'trust.grant', actor: 'person', outcome: 'done', subject: '~/code' }

describe('recordThenDo', () => {
  it('records first and gives what was done', () => {
    const audit = new FakeAudit()
    expect(recordThenDo(audit, event, () => audit.events.length)).toBe(1)
    expect(audit.events).toEqual([event])
  })

  it('does nothing that cannot be recorded', () => {
    const audit = new FakeAudit()
    audit.fault = new AppError('STORAGE_FULL', { path: 'cortex.db' })
    let isDone = false
    expect(() => recordThenDo(audit, event, () => (isDone = true))).toThrow('STORAGE_FULL')
    expect(isDone).toBe(false)
  })

  it('records as failed what could not be done after all', () => {
    const audit = new FakeAudit()
    const work = (): never => {
      throw new AppError('STORAGE_FULL', { path: 'cortex.db' })
    }
    expect(() => recordThenDo(audit, event, work)).toThrow('STORAGE_FULL')
    expect(audit.events).toEqual([event, { ...event, outcome: 'failed' }])
  })
})
