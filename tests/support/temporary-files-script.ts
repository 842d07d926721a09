import fs from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3-multiple-ciphers'
import { check, copy, pack, rekey } from '../../native/keeper/database-work.ts'
import { systemClock } from '../../main/platform/clock/clock.ts'
import { DatabaseKeeper } from '../../main/platform/storage/database-keeper.ts'
import { importContent } from '../../main/platform/storage/import-content.ts'
import { VaultStorage } from '../../main/platform/storage/vault-storage.ts'
import { openVault } from '../../main/platform/vault/open-vault.ts'
import { measureStored } from '../../main/features/storage/measure-stored.ts'

// Does with a database that is larger than SQLite's memory whatever the host and the keeper do with one. argv: a folder; `ours`, or `bare` for a database
// that was opened without a word about temporary files.
const [folder = '', manner = 'ours'] = process.argv.slice(2)
const sorted = 'SELECT length(data) AS size FROM (SELECT data, at FROM events ORDER BY at % 7, data)'
const text = JSON.stringify({ text: 'CANARY of a conversation '.repeat(2000) })

if (manner === 'bare') {
  const database = new Sqlite(join(folder, 'bare.db'))
  database.exec('CREATE TABLE events (data TEXT, at INTEGER)')
  const add = database.prepare('INSERT INTO events VALUES (?, ?)')
  database.transaction(() => {
    for (let index = 0; index < 400; index++) add.run(text, index)
  })()
  database.prepare(sorted).all()
  database.close()
} else {
  const { vault } = await openVault(folder)
  const storage = new VaultStorage({ folder, vault, clock: systemClock })
  const keeper = new DatabaseKeeper({
    folder,
    vault,
    storage,
    clock: systemClock,
    work: {
      copy: async ({ from, to }) => { copy(from, to) },
      pack: async ({ from, key, to }) => pack(from, key, to),
      rekey: async ({ from, key, to, newKey, tables }) => { rekey(from, key, to, newKey, tables) },
      check: async ({ path, key }) => check(path, key),
    },
  })
  storage.transaction(() => {
    for (let index = 0; index < 400; index++) storage.events.append(`conversation/${index % 50}`, 'answer', JSON.parse(text))
  })
  storage.prepare(sorted).all()
  const measured = measureStored(storage, folder, folder).find(({ kind }) => kind === 'conversations')
  await keeper.backUp('asked')
  const content = join(folder, 'content.db')
  const key = Buffer.alloc(32, 7)
  await keeper.copyContent(content, key, ['events', 'documents'])
  for (let index = 0; index < 50; index++) storage.events.erase(`conversation/${index}`)
  const { streams } = await importContent(storage, content, key)
  await vault.renew('database', async next => { await keeper.rekey(next) })
  storage.prepare(sorted).all()
  process.stdout.write(JSON.stringify({ measured, streams, left: fs.readdirSync(folder).filter(name => name.startsWith('cortex.db.')) }))
  storage.close()
}
