import fs from 'node:fs'
import Sqlite, { type Database } from 'better-sqlite3-multiple-ciphers'
import { applyKey } from '#shared/database-pragmas.ts'
import { AppError } from '#shared/errors.ts'
import { errnoOf } from '../files/file-errors.ts'
import { saltOf } from './database-key.ts'

const busyMilliseconds = 2000
const saltBytes = 16
const pageBytes = 4096
/** Random bytes have at least this many different values among 16, but for one case in many billions. */
const leastVariety = 8

/** What a database is opened with: its key, then the salt that its file begins with. */
export function cipherKey(key: Buffer): Buffer {
  return Buffer.concat([key, saltOf(key)])
}

/**
 * Whose file lies at `path`, by its first bytes: made with `key`, with some other key, or no whole database at all. Opens and closes the
 * file, which would drop SQLite's locks of this process: never to be called while it is open.
 */
export function headOf(path: string, key: Buffer): 'absent' | 'ours' | 'foreign' | 'garbled' {
  const salt = saltOf(key)
  let descriptor: number
  try {
    descriptor = fs.openSync(path, 'r')
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return 'absent'
    throw error
  }
  try {
    const start = startOfPage(descriptor, 0)
    if (start.length === 0) return 'absent'
    if (start.length < saltBytes) return 'garbled'
    if (start.equals(salt)) return 'ours'
    const isNear = differentBits(start, salt) < 32
    return isNear || new Set(start).size < leastVariety || hasLaterPage(descriptor, salt) ? 'garbled' : 'foreign'
  } finally {
    fs.closeSync(descriptor)
  }
}

function startOfPage(descriptor: number, page: number): Buffer {
  const start = Buffer.alloc(saltBytes)
  return start.subarray(0, fs.readSync(descriptor, start, 0, saltBytes, page * pageBytes))
}

/** Whether the first page of a database of ours lies further back: its pages were mixed up. */
function hasLaterPage(descriptor: number, salt: Buffer): boolean {
  for (let page = 1; ; page++) {
    const start = startOfPage(descriptor, page)
    if (start.length < saltBytes) return false
    if (start.equals(salt)) return true
  }
}

/** Opens the database at `path`, with one writer and every commit durable; it is not migrated yet. */
export function openDatabase(path: string, key: Buffer): Database {
  const database = openRaw(path, key)
  try {
    // Before the first read: one writer, and no shared memory file beside the database.
    database.pragma('locking_mode = EXCLUSIVE')
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = FULL')
    database.pragma('secure_delete = ON')
    database.pragma('journal_size_limit = 16777216')
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** Reads every page of the closed database at `path`; throws STORAGE_DAMAGED or SQLite's error where one is not as it was written. */
export function checkFile(path: string, key: Buffer): void {
  const database = openRaw(path, key)
  try {
    throwIfDamaged(database, path, 'integrity_check')
  } finally {
    database.close()
  }
}

export function throwIfDamaged(database: Database, path: string, check: 'quick_check' | 'integrity_check'): void {
  if (database.pragma(`${check}(1)`, { simple: true }) !== 'ok') throw new AppError('STORAGE_DAMAGED', { path })
}

function openRaw(path: string, key: Buffer): Database {
  makePrivate(path)
  const database = new Sqlite(path, { timeout: busyMilliseconds })
  applyKey(database, cipherKey(key).toString('hex'))
  return database
}

/** SQLite makes its files as the process's mask says, and a log with the mode of its database. Never to be called while the file is open, as `headOf`. */
export function makePrivate(path: string): void {
  const mode = fs.statSync(path, { throwIfNoEntry: false })?.mode
  if (mode === undefined) fs.closeSync(fs.openSync(path, 'a', 0o600))
  else if (process.platform !== 'win32' && (mode & 0o077) !== 0) fs.chmodSync(path, 0o600)
}

function differentBits(one: Buffer, other: Buffer): number {
  let bits = 0
  for (const [index, byte] of one.entries()) for (let rest = byte ^ (other[index] ?? 0); rest > 0; rest >>= 1) bits += rest & 1
  return bits
}
