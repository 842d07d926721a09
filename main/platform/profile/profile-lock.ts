import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3-multiple-ciphers'
import { keepTemporaryInMemory } from '#shared/database-pragmas.ts'

export interface ProfileLock {
  release(): void
}

/**
 * The right to be the one host of a profile, or null when another process has it. It is a lock of the operating system on a small SQLite
 * file, so it ends with the process, however that ends.
 */
export function takeProfileLock(stateFolder: string): ProfileLock | null {
  mkdirSync(stateFolder, { recursive: true, mode: 0o700 })
  const path = join(stateFolder, 'host.lock')
  // Made first, for its mode: SQLite would let others read it. Nobody holds a lock on a file that is not there.
  if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600))
  const database = new Database(path, { timeout: 0 })
  try {
    keepTemporaryInMemory(database)
    database.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    // SQLite gives its result code as a string.
    if ((error as { code?: string }).code?.startsWith('SQLITE_BUSY')) return null
    throw error
  }
  return {
    release() {
      database.close()
    },
  }
}
