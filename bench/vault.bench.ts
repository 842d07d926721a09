import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import Sqlite, { type Database } from 'better-sqlite3-multiple-ciphers'
import { cipherKey, openDatabase } from '../main/platform/storage/database-file.ts'
import { migrate } from '../main/platform/storage/open-storage.ts'
import { figure, type Figure } from './figure.ts'

const rounds = 5
const commits = 400
const opens = 15
const row = 'x'.repeat(400)

/** How long the vault's database takes to open, and how many commits it takes a second beside the same database without a key. */
export async function run(): Promise<Figure[]> {
  const folder = fs.mkdtempSync(join(tmpdir(), 'bench-vault-'))
  try {
    const key = randomBytes(32)
    const path = join(folder, 'cortex.db')
    const made = openDatabase(path, key)
    migrate(made, path)
    made.close()
    const openTimes = Array.from({ length: opens }, () => timeOf(() => {
      const database = openDatabase(path, key)
      database.prepare('SELECT count(*) FROM events').get()
      database.close()
    }))
    const ratios: number[] = []
    const encryption: number[] = []
    const full: number[] = []
    for (let round = 0; round < rounds; round++) {
      // The same round has all three, so that a busy moment of the machine meets each.
      const encrypted = commitsPerSecond(join(folder, `e${round}`), key, 'FULL')
      const plain = commitsPerSecond(join(folder, `p${round}`), null, 'FULL')
      const encryptedNormal = commitsPerSecond(join(folder, `en${round}`), key, 'NORMAL')
      const plainNormal = commitsPerSecond(join(folder, `pn${round}`), null, 'NORMAL')
      ratios.push(encrypted / plain)
      encryption.push(encryptedNormal / plainNormal)
      full.push(encrypted / encryptedNormal)
    }
    const peer = 'Peer: the same package without a key, in WAL mode with the same synchronous setting; better-sqlite3 itself is not installed.'
    return [
      figure(openTimes, { name: 'vault open with a raw key', unit: 'ms', atMost: 30 }),
      figure(ratios, { name: 'committed writes over the same database unencrypted, synchronous FULL', unit: 'ratio', atLeast: 0.6, note: peer }),
      figure(encryption, { name: 'the cost of encryption alone: commits over unencrypted, synchronous NORMAL', unit: 'ratio' }),
      figure(full, { name: 'the cost of FULL alone: commits over NORMAL, both encrypted', unit: 'ratio' }),
    ]
  } finally {
    fs.rmSync(folder, { recursive: true, force: true })
  }
}

function commitsPerSecond(path: string, key: Buffer | null, synchronous: 'FULL' | 'NORMAL'): number {
  const database = open(path, key)
  database.pragma('locking_mode = EXCLUSIVE')
  database.pragma('journal_mode = WAL')
  database.pragma(`synchronous = ${synchronous}`)
  database.exec('CREATE TABLE rows (text TEXT)')
  const add = database.prepare('INSERT INTO rows VALUES (?)')
  const milliseconds = timeOf(() => {
    for (let count = 0; count < commits; count++) add.run(row)
  })
  database.close()
  return (commits / milliseconds) * 1000
}

function open(path: string, key: Buffer | null): Database {
  const database = new Sqlite(path)
  if (!key) return database
  database.pragma(`cipher = 'sqlcipher'`)
  database.pragma(`key = "x'${cipherKey(key).toString('hex')}'"`)
  return database
}

function timeOf(work: () => void): number {
  const start = performance.now()
  work()
  return performance.now() - start
}
