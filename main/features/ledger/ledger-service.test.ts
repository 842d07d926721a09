import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { FakeClock } from '../../platform/clock/fake-clock.ts'
import type { LedgerNote } from '../../platform/ledger/ledger.ts'
import { StoredLedger } from '../../platform/ledger/stored-ledger.ts'
import { openFakeStorage } from '../../platform/storage/fake-storage.ts'
import { LedgerService } from './ledger-service.ts'

const made: StoredLedger[] = []
afterEach(() => made.splice(0).forEach(book => book.dispose()))

function setUp() {
  const clock = new FakeClock(new Date(2026, 10, 21, 12))
  const book = new StoredLedger({ storage: openFakeStorage(), clock })
  made.push(book)
  return { clock, book, service: new LedgerService({ book, clock }) }
}
const note = (target: string, more: Partial<LedgerNote> = {}): LedgerNote => ({ kind: 'connection', who: 'models', why: 'a download', target, port: 443, decision: 'refused', rule: 'offline', ...more })
const all = async (parts: AsyncIterable<string>): Promise<string> => {
  let text = ''
  for await (const part of parts) text += part
  return text
}

describe('LedgerService', () => {
  it('yields the newest entries, then what comes, gathered', async () => {
    const { book, service } = setUp()
    for (let index = 0; index < 5; index++) book.note(note(`${index}.example`))
    const events = service.watch(3)
    const first = (await events.next()).value
    expect(first?.entries.map(entry => entry.target)).toEqual(['4.example', '3.example', '2.example'])
    expect(first).toMatchObject({ type: 'snapshot', totals: { connections: { allowed: 0, refused: 5 }, refusedToday: { models: 5 } } })
    const id = book.note(note('open.example', { decision: 'allowed' }))
    book.note(note('.env', { kind: 'context', who: 'chat' }))
    book.update(id, { bytesIn: 7, bytesOut: 3, isEnded: true })
    const next = (await events.next()).value
    expect(next?.entries.map(entry => [entry.target, entry.bytesIn])).toEqual([['.env', 0], ['open.example', 7]])
    expect(next).toMatchObject({ type: 'entries-changed', totals: { connections: { allowed: 1, refused: 5 }, context: { allowed: 0, refused: 1 } } })
    await events.return()
  })

  it('counts as today only what came today', () => {
    const { book, service, clock } = setUp()
    book.note(note('a.example'))
    clock.advance(24 * 3600_000)
    book.note(note('b.example', { who: 'page' }))
    expect(service.totals()).toMatchObject({ connections: { refused: 2 }, refusedToday: { page: 1 }, since: new Date(2026, 10, 21, 12) })
  })

  it('pages, filters and exports everything once', async () => {
    const { book, service } = setUp()
    for (let index = 0; index < 1200; index++) book.note(note(`${index}.example`, index % 2 === 0 ? {} : { who: 'page' }))
    const page = service.list({ limit: 2, who: 'page' })
    expect([page.entries.map(entry => entry.target), page.hasMore]).toEqual([['1199.example', '1197.example'], true])
    expect(service.list({ limit: 2, before: 3 })).toMatchObject({ entries: [{ sequence: 2 }, { sequence: 1 }], hasMore: false })
    const lines = (await all(service.export({ format: 'jsonl' }))).trim().split('\n').map(line => JSON.parse(line) as { sequence: number; at: string })
    expect(lines.map(line => line.sequence)).toEqual(Array.from({ length: 1200 }, (_, index) => 1200 - index))
    expect(lines[0]?.at).toMatch(/^2026-11-21T/)
  })

  it('exports a table that no spreadsheet runs', async () => {
    const { book, service } = setUp()
    book.note(note('=HYPERLINK("http://x")', { why: 'a, "b"\nc' }))
    const [head, row] = (await all(service.export({ format: 'csv' }))).split('\r\n')
    expect(head).toBe('sequence,at,kind,who,why,target,address,port,decision,rule,bytesIn,bytesOut,isEnded')
    expect(row).toContain('"a, ""b""\nc","\'=HYPERLINK(""http://x"")",,443,refused')
  })

  it('writes a new file for its owner alone, and leaves nothing behind where it cannot', async () => {
    const { book, service } = setUp()
    book.note(note('a.example'))
    const folder = mkdtempSync(join(tmpdir(), 'cortex-ledger-'))
    const path = join(folder, 'ledger.csv')
    const { sizeBytes } = await service.exportTo({ format: 'csv', path })
    expect(readFileSync(path, 'utf8')).toHaveLength(sizeBytes)
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600)
    await expect(service.exportTo({ format: 'csv', path })).rejects.toThrow('FILE_EXISTS')
    await expect(service.exportTo({ format: 'csv', path: join(folder, 'none', 'x') })).rejects.toThrow('FILE_NOT_FOUND')
    rmSync(folder, { recursive: true })
  })
})
