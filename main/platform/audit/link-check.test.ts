import { createSecretKey } from 'node:crypto'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { openFakeStorage } from '../storage/fake-storage.ts'
import { chained, entryText, type AuditFacts, type AuditRow } from './audit-entry.ts'
import { AuditTable } from './audit-table.ts'
import { LinkCheck, packed } from './link-check.ts'

const key = createSecretKey(Buffer.alloc(32, 7))
const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(array => Buffer.from(array))
// As entries are made: whole characters only, and any of them.
const text = fc.string({ unit: 'binary' }).map(each => each.toWellFormed())
const facts: fc.Arbitrary<AuditFacts> = fc.record({ sequence: fc.integer({ min: 1 }), at: fc.integer(), uptime: fc.nat(), kind: text, actor: text, outcome: text, subject: fc.option(text), details: fc.option(text) })

it('fits exactly where the hash and the MAC follow, as those that wrote them say', () => {
  const check = new LinkCheck(key)
  fc.assert(
    fc.property(facts, bytes, bytes, fc.nat(), (entry, hash, mac, place) => {
      const row = chained(key, { hash, mac }, entry)
      const { bytes: whole } = packed({ ...row, kind: entry.kind })
      if (whole === null) return
      expect(check.fits({ hash, mac }, whole)).toBe(true)
      const edited = Buffer.from(whole)
      edited[place % edited.length] = edited[place % edited.length]! ^ 1
      expect(check.fits({ hash, mac }, edited)).toBe(false)
      expect(check.fits({ hash: mac, mac: hash }, whole)).toBe(hash.equals(mac))
    }),
  )
  check.forgetKey()
  const row = chained(key, { hash: Buffer.alloc(32), mac: Buffer.alloc(32) }, { sequence: 1, at: 0, uptime: 0, kind: 'host.start', actor: 'host', outcome: 'done', subject: null, details: null })
  expect(check.fits({ hash: Buffer.alloc(32), mac: Buffer.alloc(32) }, packed(row).bytes!)).toBe(false)
})

it('is given by the database what was written, whatever an entry holds', () => {
  fc.assert(
    fc.property(facts, bytes, bytes, (entry, hash, mac) => {
      const storage = openFakeStorage()
      const table = new AuditTable(storage)
      const row: AuditRow = { ...entry, hash, mac }
      table.append([row])
      const kept = table.entry(row.sequence)!
      expect(entryText(kept)).toBe(entryText(row))
      expect(table.packedAfter(0, 10)).toEqual([packed(row)])
      storage.close()
    }),
    { numRuns: 50 },
  )
})

it('leaves what is not packed to the other way: gaps that Cortex noted, links of another length, entries of 64 KiB and more', () => {
  const row: AuditRow = { sequence: 1, at: 0, uptime: 0, kind: 'audit.gap', actor: 'audit', outcome: 'failed', subject: null, details: null, hash: Buffer.alloc(32), mac: Buffer.alloc(32) }
  const storage = openFakeStorage()
  const table = new AuditTable(storage)
  const rows = [row, { ...row, sequence: 2, kind: 'host.stop', hash: Buffer.alloc(33), mac: Buffer.alloc(31) }]
  table.append(rows)
  expect(table.packedAfter(0, 10)).toEqual([{ sequence: 1, bytes: null }, { sequence: 2, bytes: null }])
  expect(rows.map(packed)).toEqual(table.packedAfter(0, 10))
  const long = chained(key, row, { ...row, sequence: 3, kind: 'host.stop', details: 'x'.repeat(70_000) })
  expect(new LinkCheck(key).fits(row, packed(long).bytes!)).toBe(false)
})

it('reads a table that was made anew to hold what no JSON holds', () => {
  const storage = openFakeStorage()
  const table = new AuditTable(storage)
  storage.prepare('DROP TABLE audit_entries').run()
  storage.prepare('CREATE TABLE audit_entries (sequence INTEGER PRIMARY KEY, at, uptime, kind, actor, outcome, subject, details, hash, mac)').run()
  storage.prepare("INSERT INTO audit_entries VALUES (1, 0, 0, 'host.stop', x'00', 'done', NULL, NULL, zeroblob(32), zeroblob(32))").run()
  expect(table.packedAfter(0, 10)).toHaveLength(1)
})
