import { closeSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite, { type Database } from 'better-sqlite3-multiple-ciphers'
import { AppError } from '#shared/errors.ts'
import type { Clock } from '../clock/clock.ts'
import { errnoOf, isNoRoom } from '../files/file-errors.ts'
import type { Vault } from '../vault/vault.ts'
import { saltOf } from './database-key.ts'
import { LockedStorage } from './locked-storage.ts'
import { migrations } from './migrations.ts'
import { SqliteStorage } from './sqlite-storage.ts'
import type { Storage } from './storage.ts'
import { storageError } from './storage-errors.ts'

const busyMilliseconds = 2000

/** Opens the encrypted database of the profile in `folder` with the vault's key, or says through `problem` why it stays shut. */
export function openStorage(folder: string, vault: Vault, clock: Clock): Storage {
  const path = join(folder, 'cortex.db')
  try {
    const key = vault.key('database')
    const salt = saltOf(key)
    if (!isMadeWith(salt, path)) throw new AppError('STORAGE_LOCKED', { path, reason: 'its key file belongs to another database' })
    return new SqliteStorage(openDatabase(path, Buffer.concat([key, salt])), path, clock)
  } catch (error) {
    const known = storageError(error, path)
    if (isProblem(known)) return new LockedStorage(known)
    // A full disk or a folder that may not be written: nothing can be kept, and nothing was lost.
    if (known instanceof AppError || errnoOf(error) !== null) return new LockedStorage(new AppError('STORAGE_LOCKED', { path, reason: reasonFor(known) }, { cause: error }))
    throw error
  }
}

function isProblem(error: unknown): error is AppError<'STORAGE_LOCKED' | 'STORAGE_DAMAGED'> {
  return error instanceof AppError && (error.code === 'STORAGE_LOCKED' || error.code === 'STORAGE_DAMAGED')
}

function reasonFor(error: unknown): string {
  const isFull = error instanceof AppError ? error.code === 'STORAGE_FULL' : isNoRoom(error)
  return isFull ? 'the disk is full' : 'its folder may not be written'
}

/** True too for a database that has not been written yet. */
function isMadeWith(salt: Buffer, path: string): boolean {
  const start = Buffer.alloc(salt.length)
  try {
    const descriptor = openSync(path, 'r')
    try {
      return readSync(descriptor, start, 0, start.length, 0) < start.length || start.equals(salt)
    } finally {
      closeSync(descriptor)
    }
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return true
    throw error
  }
}

function openDatabase(path: string, keyAndSalt: Buffer): Database {
  const database = new Sqlite(path, { timeout: busyMilliseconds })
  try {
    database.pragma(`cipher = 'sqlcipher'`)
    database.pragma(`key = "x'${keyAndSalt.toString('hex')}'"`)
    // Before the first read: one writer, and no shared memory file beside the database.
    database.pragma('locking_mode = EXCLUSIVE')
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = FULL')
    database.pragma('secure_delete = ON')
    database.pragma('journal_size_limit = 16777216')
    migrate(database, path)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** Brings a database to the newest version, all or nothing. */
export function migrate(database: Database, path: string): void {
  database.transaction(() => {
    const version = Number(database.pragma('user_version', { simple: true }))
    if (version > migrations.length) throw new AppError('STORAGE_LOCKED', { path, reason: 'a newer Cortex wrote it' })
    for (const step of migrations.slice(version)) database.exec(step)
    database.pragma(`user_version = ${migrations.length}`)
  })()
}
