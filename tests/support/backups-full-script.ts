import fs from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { check, copy, pack, rekey } from '../../native/keeper/database-work.ts'
import { ExportAndImport } from '../../main/features/storage/export-and-import.ts'
import { systemClock } from '../../main/platform/clock/clock.ts'
import { DatabaseKeeper } from '../../main/platform/storage/database-keeper.ts'
import { VaultStorage } from '../../main/platform/storage/vault-storage.ts'
import { openVault } from '../../main/platform/vault/open-vault.ts'
import { passphraseCost } from '../../main/platform/vault/passphrase-cost.ts'

// Backs up, exports and changes the key on a disk with a little more room each time, and prints what came of it as JSON.
// argv: a folder on a small disk of its own; the bytes of room added each time.
const [folder = '', stepBytes = '200000'] = process.argv.slice(2)
const state = join(folder, 'state')
fs.mkdirSync(state)
const { vault } = await openVault(state)
const storage = new VaultStorage({ folder: state, vault, clock: systemClock })
const keeper = new DatabaseKeeper({
  folder: state,
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
const exports = new ExportAndImport({ folder: state, storage, keeper, cost: passphraseCost, settings: { adopt: async () => ({ isTaken: false, leftOut: [] }) } })
const notes = storage.collection('notes', z.string())
for (let index = 0; index < 100; index++) notes.put(`note ${index}`, 'x'.repeat(5000))
await keeper.backUp('asked')

const outcomes: Record<string, number> = {}
const exported = join(folder, 'export')
const filler = join(folder, 'filler')
const tries: Record<string, () => Promise<unknown>> = {
  backup: () => keeper.backUp('asked'),
  export: () => exports.exportTo(exported, 'a passphrase'),
  rekey: () => vault.renew('database', async next => { await keeper.rekey(next) }),
}
let fillings = 0
for (let room = 0; room < 2_200_000; room += Number(stepBytes)) {
  for (const [name, work] of Object.entries(tries)) {
    fill(room)
    fillings++
    const code = await work().then(() => 'ok', (error: { code?: string; message: string }) => error.code ?? error.message)
    const key = `${name} ${code}`
    outcomes[key] = (outcomes[key] ?? 0) + 1
    fs.rmSync(filler, { force: true })
    fs.rmSync(exported, { force: true })
    if (storage.problem) storage.reopen()
    if (notes.entries().length !== 100) throw new Error(`Notes were lost at ${key}`)
  }
}
await keeper.backUp('asked')
const left = fs.readdirSync(state, { recursive: true }).map(String).filter(name => /\.(part|copy|rekeyed|export|import)$/.test(name))
const backups = keeper.openableBackups().length
const isWhole = (await keeper.check()).length === 0
storage.close()
process.stdout.write(JSON.stringify({ fillings, outcomes, left: [...left, ...fs.readdirSync(folder).filter(name => name !== 'state')], backups, isWhole }))

/** Leaves `room` bytes free. */
function fill(room: number): void {
  const { bavail, bsize } = fs.statfsSync(folder)
  fs.writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - room), 1))
}
