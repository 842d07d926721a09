import { describe, expect, it } from 'vitest'
import type { PrivacySummary as Summary } from '#shared/contract/privacy.ts'
import { AppError } from '#shared/errors.ts'
import { FakeClock } from '../../platform/clock/fake-clock.ts'
import type { LedgerNote } from '../../platform/ledger/ledger.ts'
import { StoredLedger } from '../../platform/ledger/stored-ledger.ts'
import { openFakeStorage } from '../../platform/storage/fake-storage.ts'
import { LockedStorage } from '../../platform/storage/locked-storage.ts'
import { PrivacySummary } from './privacy-summary.ts'

const clock = new FakeClock()
const line = (change: Partial<LedgerNote>): LedgerNote => ({ kind: 'connection', who: 'host', why: 'a test', target: 'models.example', port: 443, decision: 'refused', rule: 'offline', ...change })
function made() {
  const storage = openFakeStorage(clock)
  const ledger = new StoredLedger({ storage, clock })
  return { ledger, summary: new PrivacySummary({ ledger, storage, clock }) }
}

describe('PrivacySummary', () => {
  it('counts what was refused, and calls nothing on this machine a departure', () => {
    const { ledger, summary } = made()
    expect(summary.state()).toEqual({ type: 'snapshot', since: null, isKept: true, refusedCount: 0, refusedToday: { page: 0, host: 0, selfTest: 0 }, leftCount: 0, leftBytes: 0, lastLeft: null })
    const first = clock.now()
    ledger.note(line({}))
    ledger.note(line({ kind: 'context', target: '.env' }))
    for (const address of ['127.0.0.1', '::1', '127.8.9.1', '::ffff:127.0.0.1']) ledger.note(line({ decision: 'allowed', address }))
    ledger.note(line({ decision: 'allowed', target: 'localhost' }))
    expect(summary.state()).toMatchObject({ since: first, refusedCount: 1, leftCount: 0, lastLeft: null })
  })

  it('says what left, how much, to whom and when', () => {
    const { ledger, summary } = made()
    for (const target of ['127.0.0.1.evil.example', 'localhost.evil.example', '10.0.0.2']) ledger.note(line({ decision: 'allowed', target }))
    clock.advance(1000)
    const id = ledger.note(line({ decision: 'allowed', who: 'models', address: '203.0.113.9' }))
    ledger.update(id, { bytesIn: 5, bytesOut: 700, isEnded: true })
    expect(summary.state()).toMatchObject({ leftCount: 4, leftBytes: 700, lastLeft: { who: 'models', target: 'models.example', at: clock.now() } })
  })

  it('counts what was refused today by process, and a self-test apart', () => {
    const { ledger, summary } = made()
    ledger.note(line({}))
    clock.advance(24 * 3600_000)
    for (const who of ['page', 'models', 'host', 'self-test', 'self-test']) ledger.note(line({ who }))
    expect(summary.state()).toMatchObject({ refusedCount: 4, refusedToday: { page: 1, host: 2, selfTest: 2 } })
    clock.advance(24 * 3600_000)
    expect(summary.state()).toMatchObject({ refusedCount: 4, refusedToday: { page: 0, host: 0, selfTest: 0 } })
  })

  it('reads more than a page', () => {
    const { ledger, summary } = made()
    for (let index = 0; index < 2500; index += 1) ledger.note(line({ decision: 'allowed', address: '203.0.113.9' }))
    expect(summary.state().leftCount).toBe(2500)
  })

  it('tells who watches, and says when the ledger is not kept', async () => {
    const { ledger, summary } = made()
    const events = summary.watch()
    const next = async (): Promise<Summary> => (await events.next()).value as Summary
    expect((await next()).refusedCount).toBe(0)
    ledger.note(line({}))
    ledger.note(line({}))
    expect((await next()).refusedCount).toBe(2)
    await events.return()
    const locked = new LockedStorage(new AppError('STORAGE_DAMAGED', { path: '/db' }))
    expect(new PrivacySummary({ ledger: new StoredLedger({ storage: locked, clock }), storage: locked, clock }).state().isKept).toBe(false)
  })
})
