import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeClock } from '../clock/fake-clock.ts'
import { FakeLog } from '../log/fake-log.ts'
import { openFakeStorage } from '../storage/fake-storage.ts'
import type { Storage } from '../storage/storage.ts'
import { FakeVault } from '../vault/fake-vault.ts'
import type { AuditEvent } from './audit.ts'
import { beginHead } from './audit-head.ts'
import { AuditLog } from './audit-log.ts'
import { AuditTable } from './audit-table.ts'

const event = (subject: string): AuditEvent => ({ kind: 'secret.use', actor: 'models', outcome: 'allowed', subject, details: { z: 1, a: 'b' } })

let folder: string
let storage: Storage
let clock: FakeClock
let logs: AuditLog[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cortex-audit-'))
  beginHead(join(folder, 'audit.head'), new FakeVault().key('audit'))
  clock = new FakeClock()
  storage = openFakeStorage(clock)
  logs = []
})
afterEach(() => {
  for (const log of logs) log.dispose()
  rmSync(folder, { recursive: true, force: true })
})

function open(): AuditLog {
  const log = new AuditLog({ storage, vault: new FakeVault(), headPath: join(folder, 'audit.head'), clock, log: new FakeLog() })
  logs.push(log)
  return log
}

const kinds = (): string[] => new AuditTable(storage).after(0, 1000).map(row => row.kind)

describe('AuditLog', () => {
  it('keeps entries in order, and goes on where it ended', () => {
    const log = open()
    log.record(event('one'))
    log.flush()
    log.dispose()
    const again = open()
    again.record(event('two'))
    again.flush()
    const rows = new AuditTable(storage).after(0, 10)
    expect(rows.map(({ sequence, subject, details }) => [sequence, subject, details])).toEqual([
      [1, 'one', '{"a":"b","z":1}'],
      [2, 'two', '{"a":"b","z":1}'],
    ])
    expect(new AuditTable(storage).seals().map(seal => [seal.sequence, seal.reason])).toEqual([[1, 'exit']])
  })

  it('commits within 100 ms', async () => {
    open().record(event('one'))
    expect(kinds()).toEqual([])
    await new Promise(resolve => setTimeout(resolve, 150))
    expect(kinds()).toEqual(['secret.use'])
  })

  it('refuses to change or delete an entry', () => {
    const log = open()
    log.record(event('one'))
    log.seal('interval')
    expect(() => storage.prepare('UPDATE audit_entries SET actor = ?').run('x')).toThrow('never change')
    expect(() => storage.prepare('DELETE FROM audit_entries').run()).toThrow('only by rotation')
    expect(() => storage.prepare('UPDATE audit_seals SET at = 1').run()).toThrow('never change')
    expect(() => storage.prepare('DELETE FROM audit_seals').run()).toThrow('only by rotation')
  })

  it('tells a start that finds the head file missing, damaged or of another key, and goes on', () => {
    const path = join(folder, 'audit.head')
    for (const [damage, finding] of [
      [() => rmSync(path), 'head-missing'],
      [() => writeFileSync(path, 'x'), 'head-damaged'],
      [() => writeFileSync(path, readFileSync(path, 'utf8').replace(/"key":"..../, '"key":"0000')), 'head-foreign'],
    ] as const) {
      const log = open()
      log.record(event('one'))
      log.dispose()
      damage()
      const found = open()
      found.flush()
      expect(found.chain?.gap?.finding).toBe(finding)
      expect(kinds().at(-1)).toBe('audit.gap')
      found.dispose()
    }
  })

  it('never gives the numbers of missing entries again', () => {
    const log = open()
    for (let index = 0; index < 5; index++) log.record(event(String(index)))
    log.flush()
    // No seal of an exit: the host was killed.
    storage.prepare('DROP TRIGGER audit_entries_only_rotate').run()
    storage.prepare('DELETE FROM audit_entries WHERE sequence > 2').run()
    const again = open()
    again.flush()
    expect(again.chain?.gap).toEqual({ finding: 'entries-missing', from: 3, to: 5 })
    expect(new AuditTable(storage).after(2, 10)).toMatchObject([{ sequence: 6, kind: 'audit.gap', details: '{"finding":"entries-missing","from":3,"to":5}' }])
  })

  it('notes a clock that is set back a year, within a run and between two', () => {
    const log = open()
    log.record(event('one'))
    const year = 365 * 86_400_000
    const behind = { now: () => new Date(clock.now().getTime() - year), monotonic: () => clock.monotonic() }
    log.dispose()
    const again = new AuditLog({ storage, vault: new FakeVault(), headPath: join(folder, 'audit.head'), clock: behind, log: new FakeLog() })
    logs.push(again)
    again.record(event('two'))
    again.flush()
    expect(kinds()).toEqual(['secret.use', 'clock.jump', 'secret.use'])
  })

  it('takes back what could not be recorded first, so that it is never told as if it had happened, and counts it', () => {
    const log = open()
    log.record(event('before'))
    storage.prepare('CREATE TRIGGER no_room BEFORE INSERT ON audit_entries BEGIN SELECT RAISE(ABORT, \'no room\'); END').run()
    expect(() => log.recordFirst(event('refused'))).toThrow('STORAGE_')
    expect(() => log.recordFirst(event('refused again'))).toThrow('STORAGE_')
    expect(log.problem).not.toBeNull()
    storage.prepare('DROP TRIGGER no_room').run()
    log.recordFirst(event('after'))
    const rows = new AuditTable(storage).after(0, 10)
    expect(rows.map(({ kind, subject, details }) => (kind === 'audit.gap' ? details : subject)).sort()).toEqual(['after', 'before', '{"count":2,"finding":"not-recorded"}'])
  })

  it('lets what happens to a locked vault wait, and refuses the rest', () => {
    const vault = new FakeVault({ isOpen: false })
    const log = new AuditLog({ storage, vault, headPath: join(folder, 'audit.head'), clock, log: new FakeLog() })
    logs.push(log)
    expect(() => log.record(event('one'))).toThrow('STORAGE_LOCKED')
    expect(log.digest('text')).toBeNull()
  })
})
