import fs from 'node:fs'
import { basename } from 'node:path'
import { isNoRoom } from '../files/file-errors.ts'
import { listBackups, type Backup } from './backup-files.ts'
import { checkFile, headOf } from './database-file.ts'
import { syncFile, syncParent } from './sync-path.ts'

export interface Recovery {
  /** The backup that took the database's place. */
  backup: Backup
  /** Name of the damaged file that was set aside; null where there was none. */
  setAside: string | null
}

/**
 * Puts the newest good backup in the place of the database at `path`, which must be closed, and sets that aside. Null where no backup
 * is good: then nothing was touched. A process that is killed on the way leaves a missing database, which the next start restores.
 */
export function recoverDatabase(folder: string, path: string, key: Buffer, now: Date): Recovery | null {
  for (const backup of listBackups(folder)) {
    if (!putBeside(backup, path, key)) continue
    const setAside = setDatabaseAside(path, now)
    fs.renameSync(besideOf(path), path)
    syncParent(path)
    return { backup, setAside }
  }
  return null
}

/** Moves a database and its log to a name of their own, where nothing of Cortex touches them again. Gives that name, or null where there is no file. */
export function setDatabaseAside(path: string, now: Date): string | null {
  const time = now.toISOString().slice(0, 19).replaceAll(':', '-')
  let aside = `${path}.damaged-${time}Z`
  for (let count = 2; fs.existsSync(aside) || fs.existsSync(`${aside}-wal`); count++) aside = `${path}.damaged-${time}Z-${count}`
  // The log first: beside another database it would be taken for that one's.
  const hadLog = moveIfThere(`${path}-wal`, `${aside}-wal`)
  const hadFile = moveIfThere(path, aside)
  syncParent(path)
  return hadFile || hadLog ? basename(aside) : null
}

/** Names of the damaged databases that were set aside. */
export function damagedNames(folder: string): string[] {
  return fs.readdirSync(folder).filter(name => /^cortex\.db\.damaged-[^/]*Z(-\d+)?$/.test(name)).sort()
}

function besideOf(path: string): string {
  return `${path}.restoring`
}

function putBeside(backup: Backup, path: string, key: Buffer): boolean {
  const beside = besideOf(path)
  try {
    if (headOf(backup.path, key) !== 'ours') return false
    fs.copyFileSync(backup.path, beside)
    checkFile(beside, key)
    syncFile(beside)
    return true
  } catch (error) {
    fs.rmSync(beside, { force: true })
    if (isNoRoom(error)) throw error
    return false
  }
}

function moveIfThere(from: string, to: string): boolean {
  if (!fs.existsSync(from)) return false
  fs.renameSync(from, to)
  return true
}
