import fs from 'node:fs'
import { join } from 'node:path'
import type { Database } from 'better-sqlite3-multiple-ciphers'
import { AppError } from '#shared/errors.ts'
import type { Clock } from '../clock/clock.ts'
import { errnoOf, isNoRoom } from '../files/file-errors.ts'
import type { Vault } from '../vault/vault.ts'
import { listBackups, nextBackupPath } from './backup-files.ts'
import { headOf, makePrivate, openDatabase, throwIfDamaged } from './database-file.ts'
import { LockedStorage } from './locked-storage.ts'
import { migrations } from './migrations.ts'
import { recoverDatabase, type Recovery } from './recover-database.ts'
import { SqliteStorage } from './sqlite-storage.ts'
import type { Storage } from './storage.ts'
import { storageError } from './storage-errors.ts'
import { syncFile, syncParent } from './sync-path.ts'

/** A larger database is checked after the start, by the process that makes backups: a start is not to wait for it. */
const checkedAtOpenBytes = 128 * 1024 * 1024

interface Options {
  folder: string
  vault: Vault
  clock: Clock
  /** Check every page, however the last end was and however large the file. */
  isChecked?: boolean
  /** A page could not be read. */
  onDamage?: () => void
}

export interface OpenedStorage {
  storage: SqliteStorage | LockedStorage
  /** Set when the database was damaged or missing and a backup took its place. */
  recovery: Recovery | null
  /** The last end was not clean, and the file was too large to be checked here. */
  isCheckDue: boolean
}

export function databasePath(folder: string): string {
  return join(folder, 'cortex.db')
}

/** Opens the encrypted database of the profile in `folder` with the vault's key, or says through `problem` why it stays shut. */
export function openStorage(folder: string, vault: Vault, clock: Clock): Storage {
  return openDatabaseOf({ folder, vault, clock }).storage
}

/** The same, with what happened on the way. A damaged database is set aside and the newest good backup put in its place; without one it stays as it is. */
export function openDatabaseOf(options: Options): OpenedStorage {
  const path = databasePath(options.folder)
  const shut = (problem: AppError<'STORAGE_LOCKED' | 'STORAGE_DAMAGED'>): OpenedStorage => ({ storage: new LockedStorage(problem), recovery: null, isCheckDue: false })
  try {
    return openOrRecover(options, path)
  } catch (error) {
    const known = storageError(error, path)
    if (isProblem(known)) return shut(known)
    // A full disk or a folder that may not be written: nothing can be kept, and nothing was lost.
    if (known instanceof AppError || errnoOf(error) !== null) return shut(new AppError('STORAGE_LOCKED', { path, reason: reasonFor(known) }, { cause: error }))
    throw error
  }
}

function openOrRecover(options: Options, path: string): OpenedStorage {
  const keys = options.vault.candidates('database')
  const heads = keys.map(key => ({ key, head: headOf(path, key) }))
  const isAbsent = heads.every(({ head }) => head === 'absent')
  const isLost = isAbsent && listBackups(options.folder).length > 0
  const ours = isAbsent ? keys[0] : heads.find(({ head }) => head === 'ours')?.key
  if (ours && !isLost) {
    try {
      return open(options, path, ours, null)
    } catch (error) {
      const known = storageError(error, path)
      if (!(known instanceof AppError) || known.code !== 'STORAGE_DAMAGED') throw error
    }
  } else if (heads.every(({ head }) => head === 'foreign')) {
    throw new AppError('STORAGE_LOCKED', { path, reason: 'it was made with other keys than this vault holds' })
  }
  for (const key of keys) {
    const recovery = recoverDatabase(options.folder, path, key, options.clock.now())
    if (recovery) return open(options, path, key, recovery)
  }
  if (isLost && ours) return open(options, path, ours, null)
  throw new AppError('STORAGE_DAMAGED', { path })
}

function open({ folder, vault, clock, isChecked = false, onDamage }: Options, path: string, key: Buffer, recovery: Recovery | null): OpenedStorage {
  // A clean end folds the log into the database and removes it.
  const wasCutShort = sizeOf(`${path}-wal`) > 0
  const isSmall = sizeOf(path) <= checkedAtOpenBytes
  const database = openDatabase(path, key)
  try {
    if (isChecked || (wasCutShort && isSmall)) throwIfDamaged(database, path, 'quick_check')
    backUpBeforeMigration(database, folder, clock.now())
    migrate(database, path)
    vault.settle('database', key)
    const storage = new SqliteStorage(database, path, clock, onDamage)
    return { storage, recovery, isCheckDue: wasCutShort && !isSmall && !isChecked }
  } catch (error) {
    database.close()
    throw error
  }
}

/** Makes an empty database where there is none. */
export function makeEmptyDatabase(path: string, key: Buffer): void {
  const database = openDatabase(path, key)
  try {
    migrate(database, path)
  } finally {
    database.close()
  }
}

function backUpBeforeMigration(database: Database, folder: string, now: Date): void {
  const version = Number(database.pragma('user_version', { simple: true }))
  if (version === 0 || version >= migrations.length) return
  const backup = nextBackupPath(folder, now, 'migration')
  const part = `${backup}.part`
  try {
    fs.rmSync(part, { force: true })
    database.prepare('VACUUM INTO ?').run(part)
    makePrivate(part)
    syncFile(part)
    fs.renameSync(part, backup)
    syncParent(backup)
  } catch (error) {
    fs.rmSync(part, { force: true })
    throw error
  }
}

/** Brings a database to the newest version, all or nothing. */
export function migrate(database: Database, path: string): void {
  database.transaction(() => {
    const version = Number(database.pragma('user_version', { simple: true }))
    if (version > migrations.length) throw new AppError('STORAGE_LOCKED', { path, reason: 'a newer Cortex wrote it' })
    // Nothing is written where nothing changes: a file that turns out to be damaged stays to the byte as it was found.
    if (version === migrations.length) return
    for (const step of migrations.slice(version)) database.exec(step)
    database.pragma(`user_version = ${migrations.length}`)
  })()
}

function sizeOf(path: string): number {
  return fs.statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

function isProblem(error: unknown): error is AppError<'STORAGE_LOCKED' | 'STORAGE_DAMAGED'> {
  return error instanceof AppError && (error.code === 'STORAGE_LOCKED' || error.code === 'STORAGE_DAMAGED')
}

function reasonFor(error: unknown): string {
  const isFull = error instanceof AppError ? error.code === 'STORAGE_FULL' : isNoRoom(error)
  return isFull ? 'the disk is full' : 'its folder may not be written'
}
