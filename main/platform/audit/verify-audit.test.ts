import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findingText } from '#shared/audit-words.ts'
import { FakeClock } from '../clock/fake-clock.ts'
import { openFakeStorage } from '../storage/fake-storage.ts'
import { FakeVault } from '../vault/fake-vault.ts'
import { AuditChain } from './audit-chain.ts'
import { beginHead } from './audit-head.ts'
import { auditKey, chained, chainStart, type AuditRow, type PendingEntry } from './audit-entry.ts'
import { packed, type PackedRow } from './link-check.ts'
import { verifyAudit, type AuditEvidence } from './verify-audit.ts'

const entries = 40
let folder: string
let evidence: AuditEvidence
let rows: AuditRow[]

const pending = (index: number): PendingEntry => ({ at: 1_700_000_000_000 + index, uptime: index * 10, kind: 'secret.use', actor: 'models', outcome: 'allowed', subject: `secret ${index}`, details: index % 3 === 0 ? null : `{"count":${index}}` })

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cortex-verify-'))
  beginHead(join(folder, 'audit.head'), new FakeVault().key('audit'))
  const clock = new FakeClock()
  const chain = new AuditChain({ storage: openFakeStorage(clock), vault: new FakeVault(), headPath: join(folder, 'audit.head'), clock })
  for (let index = 1; index <= entries; index++) {
    chain.append([pending(index)])
    if (index % 10 === 0) chain.seal('interval')
  }
  evidence = chain.evidence()
  rows = chain.table.after(0, 1000)
  chain.close()
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function findings(changed: readonly AuditRow[], given: Partial<AuditEvidence> = {}) {
  const rowsAfter = (sequence: number, limit: number): PackedRow[] => changed.filter(row => row.sequence > sequence).sort((a, b) => a.sequence - b.sequence).slice(0, limit).map(packed)
  const entry = (sequence: number): AuditRow | null => changed.find(row => row.sequence === sequence) ?? null
  const found = (await verifyAudit({ ...evidence, ...given, rowsAfter, entry })).findings
  for (const finding of found) expect(findingText(finding)).toMatch(/\.$/)
  return found.map(({ finding, from, to, field }) => [finding, from, to, ...(field ? [field] : [])])
}

const at = (sequence: number): AuditRow => rows[sequence - 1]!
const replaced = (...changed: AuditRow[]): AuditRow[] => rows.map(row => changed.find(({ sequence }) => sequence === row.sequence) ?? row)
const flipped = (bytes: Buffer, index: number, bit: number): Buffer => {
  const copy = Buffer.from(bytes)
  copy[index] = copy[index]! ^ bit
  return copy
}

describe('verifyAudit', () => {
  it('finds nothing where nothing was done', async () => {
    expect(await findings(rows)).toEqual([])
  })

  it.each([1, 17, entries])('names entry %i when what it says, its hash or its MAC was edited', async sequence => {
    expect(await findings(replaced({ ...at(sequence), subject: 'another' }))).toEqual([['edited', sequence, sequence, 'content']])
    expect(await findings(replaced({ ...at(sequence), mac: flipped(at(sequence).mac, 3, 1) }))).toEqual([['edited', sequence, sequence, 'mac']])
    expect(await findings(replaced({ ...at(sequence), hash: flipped(at(sequence).hash, 3, 1) }))).toEqual([['edited', sequence, sequence, 'hash']])
  })

  it('names what was removed, and what was cut off', async () => {
    expect(await findings(rows.filter(row => row.sequence !== 5))).toEqual([['removed', 5, 5]])
    expect(await findings(rows.filter(row => row.sequence < 11 || row.sequence > 19))).toEqual([['removed', 11, 19]])
    expect(await findings(rows.slice(9))).toEqual([['removed', 1, 9]])
    expect(await findings(rows.slice(0, -10), { seals: evidence.seals.slice(0, 3) })).toEqual([['truncated', 31, 40], ['seal-missing', 40, 40]])
    expect(await findings([])).toEqual([['truncated', 1, 40]])
  })

  it('names two that changed places, side by side or far apart', async () => {
    for (const [one, other] of [[7, 8], [3, 30], [1, entries]] as const) {
      const swapped = replaced({ ...at(one), sequence: other }, { ...at(other), sequence: one })
      expect(await findings(swapped)).toEqual([['reordered', one, other]])
    }
  })

  it('names a chain that goes on with another key', async () => {
    const key = auditKey(Buffer.alloc(32, 9), 'entries')
    let link = at(20)
    const forged = rows.slice(20).map(row => (link = chained(key, link, { ...row, subject: 'forged' })))
    expect(await findings([...rows.slice(0, 20), ...forged])).toContainEqual(['other-key', 21, entries])
  })

  it('names seals that are foreign, were removed, or stand over another chain', async () => {
    const [first, ...others] = evidence.seals
    expect(await findings(rows, { seals: [{ ...first!, signature: flipped(first!.signature, 5, 1) }, ...others] })).toEqual([['seal-invalid', 10, 10]])
    expect(await findings(rows, { seals: evidence.seals.slice(0, -1) })).toEqual([['seal-missing', entries, entries]])
    const key = auditKey(new FakeVault().key('audit'), 'entries')
    let link = chainStart
    const rewritten = rows.map(row => (link = chained(key, link, { ...row, subject: 'rewritten with the key' })))
    expect((await findings(rewritten)).map(([finding]) => finding)).toContain('seal-differs')
  })

  it('names a head file that is missing, edited, foreign or older', async () => {
    expect(await findings(rows, { head: { status: 'missing' } })).toEqual([['head-missing', entries, entries]])
    expect(await findings(rows, { head: { status: 'damaged' } })).toEqual([['head-damaged', entries, entries]])
    expect(await findings(rows, { head: { status: 'foreign' } })).toEqual([['head-foreign', entries, entries]])
    const head = { confirmed: { sequence: 30, mac: at(30).mac.toString('base64') }, intended: null, seal: null }
    expect(await findings(rows, { head: { status: 'ok', head } })).toEqual([['head-behind', 30, 30]])
  })

  it('finds any one byte that is edited in any row', async () => {
    const field = fc.constantFrom<'hash' | 'mac' | 'kind' | 'actor' | 'outcome' | 'subject' | 'at' | 'uptime'>('hash', 'mac', 'kind', 'actor', 'outcome', 'subject', 'at', 'uptime')
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: entries }), field, fc.nat(63), fc.integer({ min: 0, max: 7 }), async (sequence, name, place, bit) => {
        const row = at(sequence)
        const value = row[name]
        const next = typeof value === 'number' ? value + (1 << bit) : Buffer.isBuffer(value) ? flipped(value, place % value.length, 1 << bit) : edited(value ?? '', place, bit)
        const found = await findings(replaced({ ...row, [name]: next }))
        expect(found.some(([finding, from]) => finding === 'edited' && from === sequence)).toBe(true)
      }),
      { numRuns: 200 },
    )
  })

  it('finds any rows that are removed, any two that are swapped and any end that is cut off', async () => {
    const place = fc.integer({ min: 1, max: entries })
    await fc.assert(
      fc.asyncProperty(place, place, fc.constantFrom('remove', 'swap', 'cut'), async (one, other, what) => {
        const [low, high] = one < other ? [one, other] : [other, one]
        if (what === 'swap' && low === high) return
        const changed = what === 'remove' ? rows.filter(({ sequence }) => sequence < low || sequence > high) : what === 'cut' ? rows.slice(0, low - 1) : replaced({ ...at(low), sequence: high }, { ...at(high), sequence: low })
        const found = await findings(changed)
        const isEnd = what === 'cut' || (what === 'remove' && high === entries)
        expect(found).toContainEqual(what === 'swap' ? ['reordered', low, high] : isEnd ? ['truncated', low, entries] : ['removed', low, high])
      }),
      { numRuns: 200 },
    )
  })

  it('stops when it is told to', async () => {
    await expect(verifyAudit(evidence, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough')
  })

  it('finds a head file that was edited by one byte', () => {
    const path = join(folder, 'audit.head')
    const bytes = readFileSync(path)
    const digits = /"sequence":(\d)/.exec(bytes.toString())!
    bytes[digits.index + '"sequence":'.length] = '3'.charCodeAt(0)
    writeFileSync(path, bytes)
    const chain = new AuditChain({ storage: openFakeStorage(), vault: new FakeVault(), headPath: path, clock: new FakeClock() })
    expect(chain.gap?.finding).toBe('head-damaged')
  })
})

function edited(text: string, place: number, bit: number): string {
  const index = place % Math.max(1, text.length)
  return `${text.slice(0, index)}${String.fromCharCode((text.charCodeAt(index) || 0x20) ^ (1 << bit))}${text.slice(index + 1)}`
}

describe('entries that were put in', () => {
  const insert = "INSERT INTO audit_entries (sequence, at, uptime, kind, actor, outcome, subject, details, hash, mac) VALUES (?, 1, 0, 'egress.grant', 'person', 'allowed', 'elsewhere.example', NULL, zeroblob(32), zeroblob(32))"
  const inserted = { kind: 'egress.grant', actor: null, outcome: null, text: null, from: null, to: null }

  function open() {
    const clock = new FakeClock()
    const storage = openFakeStorage(clock)
    const chain = new AuditChain({ storage, vault: new FakeVault(), headPath: join(folder, 'other.head'), clock })
    chain.append(Array.from({ length: 1200 }, (_, index) => pending(index + 1)))
    return { storage, chain }
  }

  it.each([[0, 0], [-7, -7], [1300, 1300]])('are named and, before the first, not shown: number %i', async (sequence, named) => {
    const { storage, chain } = open()
    storage.prepare(insert).run(sequence)
    expect((await verifyAudit(chain.evidence())).findings).toEqual([{ finding: 'inserted', from: named, to: named, field: null, isNoted: false }])
    if (sequence < 1) expect(chain.table.page(inserted, null, 10)).toEqual([])
  })

  it('are named in a table that was made anew to hold one number twice, wherever a page ends', async () => {
    const { storage, chain } = open()
    storage.prepare('CREATE TABLE made (sequence, at, uptime, kind, actor, outcome, subject, details, hash, mac)').run()
    storage.prepare('INSERT INTO made SELECT * FROM audit_entries ORDER BY sequence').run()
    storage.prepare('DROP TABLE audit_entries').run()
    storage.prepare('ALTER TABLE made RENAME TO audit_entries').run()
    storage.prepare(insert).run(500)
    expect((await verifyAudit(chain.evidence())).findings).toContainEqual({ finding: 'inserted', from: 500, to: 500, field: null, isNoted: false })
  })

  it('below a sealed rotation are outside of the log', async () => {
    const { storage, chain } = open()
    chain.sealRotation(1000)
    chain.table.deleteUpTo(1000, 5000)
    storage.prepare(insert).run(400)
    expect(chain.table.page(inserted, null, 10)).toEqual([])
    expect((await verifyAudit(chain.evidence())).firstSequence).toBe(1001)
  })
})
