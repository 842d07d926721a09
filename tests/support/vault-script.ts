import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { check, copy, pack, rekey } from '../../native/keeper/database-work.ts'
import { systemClock } from '../../main/platform/clock/clock.ts'
import { DatabaseKeeper } from '../../main/platform/storage/database-keeper.ts'
import { VaultStorage } from '../../main/platform/storage/vault-storage.ts'
import { openVault } from '../../main/platform/vault/open-vault.ts'

// A host to be killed or stopped: writes to the database of a state folder without end and prints the number of each write once it is durable.
// argv: the state folder; the number to begin with; `calm` writes only, `restless` makes backups and changes the key meanwhile.
const [folder = '', first = '0', manner = 'calm'] = process.argv.slice(2)
const { vault } = await openVault(folder)
const storage = new VaultStorage({ folder, vault, clock: systemClock })
if (storage.problem) throw storage.problem
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
const notes = storage.collection('notes', z.string())
for (let number = Number(first); ; number++) {
  storage.transaction(() => {
    notes.put(String(number), 'x'.repeat(number % 3000))
    storage.events.append('kill', 'written', { number })
  })
  process.stdout.write(`${number}\n`)
  if (manner === 'restless' && number % 40 === 20) await keeper.backUp('asked')
  if (manner === 'restless' && number % 40 === 0) await vault.renew('database', async next => { await keeper.rekey(next) })
  if (number % 10 === 0) await sleep(1)
}
