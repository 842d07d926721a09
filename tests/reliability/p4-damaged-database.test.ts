import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { check, copy, pack, rekey } from '../../native/keeper/database-work.ts'
import { systemClock } from '../../main/platform/clock/clock.ts'
import { DatabaseKeeper } from '../../main/platform/storage/database-keeper.ts'
import { VaultStorage } from '../../main/platform/storage/vault-storage.ts'
import { restoredNote } from '../../main/platform/storage/restored-note.ts'
import { openVault } from '../../main/platform/vault/open-vault.ts'

// P4: 500 copies in the soak, changed in every way a disk may; some of each here.
const copies = process.env['CORTEX_SOAK'] ? 500 : 30
const noteCount = 60
const pageBytes = 4096

let folder: string
beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'p4-'))
})
afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true })
})

const somewhere = (length: number): number => Math.floor(Math.random() * length)
const ways: Record<string, (bytes: Buffer) => Buffer> = {
  'flipped bytes': bytes => {
    for (let count = 0; count <= somewhere(20); count++) bytes[somewhere(bytes.length)]! ^= 1 + somewhere(255)
    return bytes
  },
  'a flipped byte in the first 32': bytes => {
    bytes[somewhere(32)]! ^= 1 + somewhere(255)
    return bytes
  },
  'cut short': bytes => bytes.subarray(0, somewhere(bytes.length)),
  'empty': () => Buffer.alloc(0),
  'a page of zeros': bytes => bytes.fill(0, somewhere(bytes.length / pageBytes) * pageBytes).subarray(0),
  'the first page of zeros': bytes => bytes.fill(0, 0, pageBytes),
  'pages swapped': bytes => swapPages(bytes, somewhere(bytes.length / pageBytes), somewhere(bytes.length / pageBytes)),
  'the first page swapped': bytes => swapPages(bytes, 0, 1 + somewhere(bytes.length / pageBytes - 1)),
}

function swapPages(bytes: Buffer, one: number, other: number): Buffer {
  const kept = Buffer.from(bytes.subarray(one * pageBytes, (one + 1) * pageBytes))
  bytes.copy(bytes, one * pageBytes, other * pageBytes, (other + 1) * pageBytes)
  kept.copy(bytes, other * pageBytes)
  return bytes
}

async function makeProfile(state: string): Promise<void> {
  fs.mkdirSync(state)
  const { vault } = await openVault(state)
  const storage = new VaultStorage({ folder: state, vault, clock: systemClock })
  const notes = storage.collection('notes', z.string())
  for (let index = 0; index < noteCount; index++) notes.put(`note ${index}`, 'x'.repeat(5000))
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
  await keeper.backUp('asked')
  notes.put('later', 'not in the backup')
  storage.close()
}

/** All notes, as soon as a page that could not be read has led to a backup in the place of the database. */
async function readAll(storage: VaultStorage): Promise<string[]> {
  const notes = storage.collection('notes', z.string())
  const changed = new Promise<void>(resolve => {
    storage.onChange(resolve)
  })
  try {
    return notes.entries().map(entry => entry.key)
  } catch (error) {
    expect(error).toMatchObject({ code: 'STORAGE_DAMAGED' })
    await changed
    return notes.entries().map(entry => entry.key)
  }
}

describe('P4: the database is damaged', () => {
  it(`is set aside as it was and replaced by the backup, or was whole after all, in ${copies} copies`, async () => {
    const profile = join(folder, 'profile')
    await makeProfile(profile)
    const good = fs.readFileSync(join(profile, 'cortex.db'))
    const counts = { whole: 0, restored: 0 }
    for (let index = 0; index < copies; index++) {
      const [way = '', change] = Object.entries(ways)[index % Object.keys(ways).length] ?? []
      const damaged = change?.(Buffer.from(good)) ?? good
      const state = join(folder, `copy-${index}`)
      fs.cpSync(profile, state, { recursive: true })
      fs.writeFileSync(join(state, 'cortex.db'), damaged)
      const { vault } = await openVault(state)
      const storage = new VaultStorage({ folder: state, vault, clock: systemClock })
      expect(storage.problem, way).toBeNull()
      const found = await readAll(storage)
      const note = restoredNote(storage).get('last')
      const aside = fs.readdirSync(state).filter(name => /^cortex\.db\.damaged-.*Z(-\d+)?$/.test(name))
      expect(found, way).toHaveLength(note ? noteCount : noteCount + 1)
      expect(aside, way).toHaveLength(note ? 1 : 0)
      // Never overwritten: it is what it was, to the byte.
      if (note) expect(fs.readFileSync(join(state, aside[0] ?? '')).equals(damaged), way).toBe(true)
      counts[note ? 'restored' : 'whole']++
      storage.close()
      fs.rmSync(state, { recursive: true })
    }
    expect(counts.restored).toBeGreaterThan(copies / 2)
    console.info(`P4: ${copies} damaged copies, ${counts.restored} set aside and restored, ${counts.whole} whole after all, none overwritten`)
  }, 60_000 + copies * 3000)
})
