import { afterEach, describe, expect, it } from 'vitest'
import { AppError } from '#shared/errors.ts'
import { FakeClock } from '../clock/fake-clock.ts'
import { Listeners } from '../live/listeners.ts'
import { openFakeStorage } from '../storage/fake-storage.ts'
import { LockedStorage } from '../storage/locked-storage.ts'
import type { Prepared, Storage } from '../storage/storage.ts'
import type { LedgerChange } from './ledger-book.ts'
import { fits } from './ledger-filter.ts'
import type { LedgerNote } from './ledger.ts'
import { StoredLedger } from './stored-ledger.ts'

const refused = (target: string, more: Partial<LedgerNote> = {}): LedgerNote => ({ kind: 'connection', who: 'models', why: 'a download', target, port: 443, decision: 'refused', rule: 'offline', ...more })
const allowed = (target: string): LedgerNote => ({ ...refused(target), decision: 'allowed', rule: 'allow-list' })

/** A database that can be shut and opened again. */
class Door implements Storage {
  readonly #changes = new Listeners<void>()
  readonly #locked = new LockedStorage(new AppError('STORAGE_LOCKED', { path: '/db', reason: 'no key' }))
  isOpen: boolean
  #storage: Storage
  constructor(storage: Storage, isOpen: boolean) {
    this.#storage = storage
    this.isOpen = isOpen
  }
  get #current(): Storage {
    return this.isOpen ? this.#storage : this.#locked
  }
  get problem() {
    return this.#current.problem
  }
  get events() {
    return this.#current.events
  }
  collection: Storage['collection'] = (...given) => this.#current.collection(...given)
  prepare<P extends unknown[], R = never>(sql: string): Prepared<P, R> {
    return { run: (...p) => this.#current.prepare<P, R>(sql).run(...p), get: (...p) => this.#current.prepare<P, R>(sql).get(...p), all: (...p) => this.#current.prepare<P, R>(sql).all(...p), iterate: (...p) => this.#current.prepare<P, R>(sql).iterate(...p) }
  }
  transaction: Storage['transaction'] = work => this.#current.transaction(work)
  onChange = (listener: () => void): (() => void) => this.#changes.add(listener)
  close = (): void => undefined
  turn(isOpen: boolean, storage = this.#storage): void {
    this.isOpen = isOpen
    this.#storage = storage
    this.#changes.tell()
  }
}

const made: StoredLedger[] = []
const ledgerOn = (storage: Storage, clock = new FakeClock(), limit?: number): StoredLedger => {
  const ledger = new StoredLedger({ storage, clock, ...(limit === undefined ? {} : { limit }) })
  made.push(ledger)
  return ledger
}
afterEach(() => made.splice(0).forEach(ledger => ledger.dispose()))

const targets = (ledger: StoredLedger): string[] => ledger.lines({}, 100).map(line => line.target)

describe('StoredLedger', () => {
  it('keeps lines over a restart, newest first, and goes on counting', () => {
    const storage = openFakeStorage()
    const first = ledgerOn(storage)
    first.note(refused('a.example'))
    first.note(refused('b.example', { address: '192.0.2.1' }))
    first.dispose()
    const second = ledgerOn(storage)
    second.note({ kind: 'context', who: 'chat', why: 'an attachment', target: '.env', decision: 'refused', rule: 'label secret by .env*' })
    expect(second.lines({}, 10).map(({ sequence, target }) => [sequence, target])).toEqual([[3, '.env'], [2, 'b.example'], [1, 'a.example']])
    expect(second.lines({}, 10)[1]).toMatchObject({ address: '192.0.2.1', port: 443, rule: 'offline', isEnded: true, bytesIn: 0, at: new Date('2026-01-01T00:00:00Z') })
    expect(second.beginning()).toEqual(new Date('2026-01-01T00:00:00Z'))
  })

  it('counts what a connection carries, until it ends', () => {
    const ledger = ledgerOn(openFakeStorage())
    const id = ledger.note(allowed('a.example'))
    expect(ledger.lines({}, 1)[0]).toMatchObject({ isEnded: false })
    ledger.update(id, { bytesIn: 10, bytesOut: 20, isEnded: false })
    ledger.update(id, { bytesIn: 11, bytesOut: 22, isEnded: true })
    ledger.update(id, { bytesIn: 99, bytesOut: 99, isEnded: false })
    ledger.update('nothing', { bytesIn: 1, bytesOut: 1, isEnded: true })
    expect(ledger.lines({}, 9)).toHaveLength(1)
    expect(ledger.lines({}, 1)[0]).toMatchObject({ bytesIn: 11, bytesOut: 22, isEnded: true })
  })

  it('holds lines in memory while the vault is locked, and writes them behind the kept ones when it opens', () => {
    const storage = openFakeStorage()
    ledgerOn(storage).note(refused('kept.example'))
    made.splice(0).forEach(ledger => ledger.dispose())
    const door = new Door(storage, false)
    const ledger = ledgerOn(door)
    const changes: LedgerChange[] = []
    ledger.onChange(change => changes.push(change))
    ledger.note(refused('locked.example'))
    expect(targets(ledger)).toEqual(['locked.example'])
    expect(ledger.counts(new Date(0))).toEqual([{ kind: 'connection', who: 'models', decision: 'refused', count: 1 }])
    expect(ledger.beginning()).not.toBeNull()
    door.turn(true)
    expect(targets(ledger)).toEqual(['locked.example', 'kept.example'])
    expect(changes.map(change => change.type)).toEqual(['line', 'renumbered'])
    // Shut again: what is new waits, what is written cannot be read.
    door.turn(false)
    ledger.note(refused('later.example'))
    expect(targets(ledger)).toEqual(['later.example'])
    door.turn(true)
    expect(ledger.lines({}, 9).map(line => line.sequence)).toEqual([3, 2, 1])
    // Another database in its place, as after a restore.
    ledger.note(refused('restored.example'))
    door.turn(true, openFakeStorage())
    expect(ledger.lines({}, 9).map(line => [line.sequence, line.target])).toEqual([[1, 'restored.example']])
  })

  it('writes many lines together and keeps only the newest', () => {
    const storage = openFakeStorage()
    const ledger = ledgerOn(storage, new FakeClock(), 1000)
    for (let index = 0; index < 4500; index++) ledger.note(refused(`${index}.example`))
    expect(ledger.lines({}, 5000)).toHaveLength(1000)
    expect(targets(ledger)[0]).toBe('4499.example')
    const locked = ledgerOn(new Door(storage, false))
    for (let index = 0; index < 21_000; index++) locked.note(refused(`${index}.example`))
    expect(locked.lines({}, 50_000)).toHaveLength(20_000)
  })

  it('filters alike in the database and in memory, and pages', () => {
    const clock = new FakeClock()
    const ledger = ledgerOn(openFakeStorage(), clock)
    const locked = ledgerOn(new Door(openFakeStorage(), false), clock)
    for (const one of [ledger, locked]) {
      one.note(refused('Registry.example'))
      one.note(allowed('models.example'))
      one.note({ kind: 'context', who: 'chat', why: 'an attachment', target: '.env', decision: 'refused', rule: 'label secret by .env*' })
    }
    clock.advance(60_000)
    for (const one of [ledger, locked]) one.note(refused('late.example', { who: 'host', address: '10.0.0.1' }))
    const filters = [{ kind: 'context' }, { who: 'host' }, { decision: 'allowed' }, { text: 'LABEL secret' }, { text: '10.0.0' }, { text: '' }, { target: 'registry.EXAMPLE' }, { from: clock.now() }, { until: clock.now() }, { before: 3 }, { who: 'models', decision: 'refused' }] as const
    const found = filters.map(filter => ledger.lines(filter, 10).map(line => line.sequence))
    expect(found).toEqual([[3], [4], [2], [3], [4], [4, 3, 2, 1], [1], [4], [3, 2, 1], [2, 1], [1]])
    expect(filters.map(filter => locked.lines(filter, 10).map(line => line.sequence))).toEqual(found)
    expect(filters.map(filter => ledger.lines({}, 10).filter(line => fits(line, filter)).map(line => line.sequence))).toEqual(found)
    expect(ledger.lines({}, 2).map(line => line.sequence)).toEqual([4, 3])
    expect(ledger.counts(clock.now())).toEqual([{ kind: 'connection', who: 'host', decision: 'refused', count: 1 }])
    expect(ledger.counts(new Date(0)).reduce((sum, { count }) => sum + count, 0)).toBe(4)
  })

  it('forgets what is older, and clips long words', () => {
    const clock = new FakeClock()
    const ledger = ledgerOn(openFakeStorage(), clock)
    ledger.note(refused('x'.repeat(5000)))
    expect(targets(ledger)[0]).toHaveLength(300)
    clock.advance(1000)
    ledger.note(refused('new.example'))
    expect(ledger.forget(clock.now())).toBe(1)
    expect(targets(ledger)).toEqual(['new.example'])
  })

  it('writes by itself soon after a note', async () => {
    const storage = openFakeStorage()
    ledgerOn(storage).note(refused('a.example'))
    const count = storage.prepare<[], { count: number }>('SELECT count(*) AS count FROM ledger')
    expect(count.get()?.count).toBe(0)
    await expect.poll(() => count.get()?.count, { timeout: 3000 }).toBe(1)
  })
})
