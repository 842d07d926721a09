import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { sweepLeftovers } from './sweep-leftovers.ts'

let folder: string
const kept = [
  'vault.json', 'vault.json.bak', 'vault.key.next', 'vault-attempts.json', 'audit.head', 'host.lock', 'settings.jsonc', 'notes.tmp', 'cortex.db', 'cortex.db-wal', 'cortex.db.damaged-2026-01-01T00-00-00Z', 'cortex.db.damaged-2026-01-01T00-00-00Z-wal',
  'backups/000001-2026-01-01T00-00-00Z-asked.db', 'backups/000001-2026-01-01T00-00-00Z-asked.vault.json', 'backups/mine.part',
]
const unfinished = ['vault.json.0123456789ab.tmp', 'vault.json.bak.0123456789ab.tmp', 'vault.key.next.0123456789ab.tmp', 'vault-attempts.json.0123456789ab.tmp', 'backups/000002-2026-01-01T00-00-00Z-daily.db.part', 'backups/000002-2026-01-01T00-00-00Z-daily.db.part-journal', 'backups/000002-2026-01-01T00-00-00Z-daily.vault.json.part']
const copies = ['cortex.db.copy', 'cortex.db.copy.part', 'cortex.db.export', 'cortex.db.export.part', 'cortex.db.export.part-whole', 'cortex.db.export.part-whole-journal', 'cortex.db.import', 'cortex.db.import-wal', 'cortex.db.rekeyed', 'cortex.db.rekeyed.part', 'cortex.db.rekeyed.part-journal', 'cortex.db.restoring']

beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'sweep-'))
  fs.mkdirSync(join(folder, 'backups'))
  for (const name of [...kept, ...unfinished, ...copies]) fs.writeFileSync(join(folder, name), 'x')
})
afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true })
})

const names = (): string[] => fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name).slice(folder.length + 1)).sort()

it('removes what was left of unfinished work, and copies of the database only once that is open', () => {
  sweepLeftovers(folder, { isDatabaseOpen: false })
  expect(names()).toEqual([...kept, ...copies].sort())
  sweepLeftovers(folder, { isDatabaseOpen: true })
  expect(names()).toEqual([...kept].sort())
})

it('leaves every copy where the database itself is gone', () => {
  fs.rmSync(join(folder, 'cortex.db'))
  sweepLeftovers(folder, { isDatabaseOpen: true })
  expect(names()).toEqual(expect.arrayContaining(copies))
})
