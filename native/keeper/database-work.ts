import fs from 'node:fs'
import { dirname } from 'node:path'
import Sqlite, { type Database } from 'better-sqlite3-multiple-ciphers'
import { applyKey } from '#shared/database-pragmas.ts'
import { AppError } from '#shared/errors.ts'
import { profileCollections } from '#shared/profile-collections.ts'

const noRoom = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'SQLITE_FULL', 'SQLITE_IOERR_WRITE', 'SQLITE_IOERR_TRUNCATE', 'SQLITE_IOERR_SHMSIZE'])

export function copy(from: string, to: string): void {
  appears(to, part => {
    fs.copyFileSync(from, part)
  })
}

export function pack(from: string, key: string, to: string): { sizeBytes: number } {
  appears(to, part => {
    using(from, key, database => {
      throwIfDamaged(database, from)
      database.prepare('VACUUM INTO ?').run(part)
    })
    using(part, key, database => {
      throwIfDamaged(database, part)
    })
  })
  return { sizeBytes: fs.statSync(to).size }
}

export function rekey(from: string, key: string, to: string, newKey: string, tables: readonly string[] | null): void {
  appears(to, part => {
    if (tables) copyTables(from, key, part, tables)
    else fs.copyFileSync(from, part)
    using(part, key, database => {
      // Pages are written anew in place: only a rollback journal is known to be right for that.
      database.pragma('journal_mode = DELETE')
      database.pragma(`rekey = "x'${newKey}'"`)
    })
    using(part, newKey, database => {
      throwIfDamaged(database, part)
    })
  })
}

export function check(path: string, key: string): string[] {
  try {
    return guard(path, () => using(path, key, problemsOf))
  } catch (error) {
    if (error instanceof AppError && error.code === 'STORAGE_DAMAGED') return ['a page cannot be read']
    throw error
  }
}

/** Writes to `part` what stays of the database `from`, without its gaps. To another file: a `VACUUM` in place would hold all of it in memory. */
function copyTables(from: string, key: string, part: string, tables: readonly string[]): void {
  const whole = `${part}-whole`
  try {
    fs.copyFileSync(from, whole)
    using(whole, key, database => {
      database.pragma('journal_mode = DELETE')
      keepOnly(database, tables)
      database.prepare('VACUUM INTO ?').run(part)
    })
  } finally {
    for (const end of ['', '-journal']) fs.rmSync(`${whole}${end}`, { force: true })
  }
}

/** Empties every other table, and of the documents what belongs to the profile alone. The tables themselves stay: a later version's migrations may change them. */
function keepOnly(database: Database, tables: readonly string[]): void {
  database.pragma('secure_delete = ON')
  const named = (type: string) => database.prepare<[string], { name: string; tbl_name: string; sql: string }>(`SELECT name, tbl_name, sql FROM sqlite_schema WHERE type = ? AND name NOT LIKE 'sqlite!_%' ESCAPE '!'`).all(type)
  const triggers = named('trigger').filter(trigger => !tables.includes(trigger.tbl_name))
  // Some tables refuse by a trigger to lose rows.
  for (const { name } of triggers) database.exec(`DROP TRIGGER ${quoted(name)}`)
  for (const { name } of named('table')) if (!tables.includes(name)) database.exec(`DELETE FROM ${quoted(name)}`)
  const forget = tables.includes('documents') ? database.prepare<[string]>('DELETE FROM documents WHERE collection = ?') : null
  for (const collection of profileCollections) forget?.run(collection)
  for (const { sql } of triggers) database.exec(sql)
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

function problemsOf(database: Database): string[] {
  // A pragma's rows have the pragma's name as their column.
  const rows = database.pragma('integrity_check') as { integrity_check: string }[]
  return rows.map(row => row.integrity_check).filter(line => line !== 'ok')
}

function throwIfDamaged(database: Database, path: string): void {
  if (problemsOf(database).length > 0) throw new AppError('STORAGE_DAMAGED', { path })
}

function using<T>(path: string, key: string, work: (database: Database) => T): T {
  const database = new Sqlite(path, { fileMustExist: true })
  try {
    applyKey(database, key)
    // Nobody else has it open: no file of shared memory is made beside it.
    database.pragma('locking_mode = EXCLUSIVE')
    return work(database)
  } finally {
    database.close()
  }
}

/** Has a file written beside its place, makes it durable and moves it there. */
function appears(to: string, write: (part: string) => void): void {
  const part = `${to}.part`
  guard(to, () => {
    try {
      // What an earlier process left behind when it was killed.
      fs.rmSync(part, { force: true })
      fs.rmSync(`${part}-journal`, { force: true })
      write(part)
      fs.chmodSync(part, 0o600)
      sync(part)
      fs.renameSync(part, to)
      if (process.platform !== 'win32') sync(dirname(to))
    } catch (error) {
      fs.rmSync(part, { force: true })
      throw error
    }
  })
}

function sync(path: string): void {
  const descriptor = fs.openSync(path, process.platform === 'win32' ? 'r+' : 'r')
  try {
    fs.fsyncSync(descriptor)
  } finally {
    fs.closeSync(descriptor)
  }
}

function guard<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
    if (noRoom.has(code)) throw new AppError('STORAGE_FULL', { path }, { cause: error })
    if (/^SQLITE_(CORRUPT|NOTADB|IOERR)/.test(code)) throw new AppError('STORAGE_DAMAGED', { path }, { cause: error })
    throw error
  }
}
