import fs from 'node:fs'
import { join } from 'node:path'
import { errnoOf } from '../files/file-errors.ts'

export type BackupReason = 'daily' | 'asked' | 'migration' | 'rekey' | 'import' | 'restore'

export interface Backup {
  path: string
  /** Grows with every backup of the profile, whatever the clock says. */
  number: number
  /** By the clock of its time. */
  at: Date
  reason: BackupReason
  sizeBytes: number
}

const pattern = /^(\d{6})-(\d{4})-(\d\d)-(\d\d)T(\d\d)-(\d\d)-(\d\d)Z-(daily|asked|migration|rekey|import|restore)\.db$/
const dayMilliseconds = 86_400_000
const keptAlways = 3
const keptDays = 7

export function backupFolder(stateFolder: string): string {
  return join(stateFolder, 'backups')
}

/** Newest first, by number. */
export function listBackups(stateFolder: string): Backup[] {
  const folder = backupFolder(stateFolder)
  const backups = namesIn(folder).flatMap(name => {
    const found = readName(name)
    const size = found && fs.statSync(join(folder, name), { throwIfNoEntry: false })?.size
    return found && size ? [{ ...found, path: join(folder, name), sizeBytes: size }] : []
  })
  return backups.sort((one, other) => other.number - one.number)
}

/** Where the next backup goes; its folder is made. */
export function nextBackupPath(stateFolder: string, at: Date, reason: BackupReason): string {
  const folder = backupFolder(stateFolder)
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
  const last = Math.max(0, ...namesIn(folder).map(name => Number(/^\d{6}/.exec(name)?.[0] ?? 0)))
  const time = at.toISOString().slice(0, 19).replaceAll(':', '-')
  return join(folder, `${String(last + 1).padStart(6, '0')}-${time}Z-${reason}.db`)
}

/** The copy of the vault's slots that was made with a backup. */
export function vaultCopyPath(backupPath: string): string {
  return backupPath.replace(/\.db$/, '.vault.json')
}

/** Whether the newest backup is more than a day from now, on either side: a clock that was set back makes a backup due, too. */
export function isBackupDue(backups: readonly Backup[], now: Date): boolean {
  const [newest] = backups
  return !newest || Math.abs(now.getTime() - newest.at.getTime()) >= dayMilliseconds
}

/** Those beyond the last three and the last of each of seven days. It goes by number and by the days in the names, never by the clock. */
export function backupsToRemove(backups: readonly Backup[]): Backup[] {
  const days = new Set<string>()
  return backups.filter((backup, index) => {
    const day = backup.at.toISOString().slice(0, 10)
    const isFirstOfDay = !days.has(day) && days.size < keptDays
    if (isFirstOfDay) days.add(day)
    return index >= keptAlways && !isFirstOfDay
  })
}

export function removeBackup({ path }: Backup): void {
  fs.rmSync(path, { force: true })
  fs.rmSync(vaultCopyPath(path), { force: true })
}

function readName(name: string): Pick<Backup, 'number' | 'at' | 'reason'> | null {
  const found = pattern.exec(name)
  if (!found) return null
  const [, number = '', year, month, day, hour, minute, second, reason] = found
  const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  // The pattern allows no other reason.
  return Number.isNaN(at.getTime()) ? null : { number: Number(number), at, reason: reason as BackupReason }
}

function namesIn(folder: string): string[] {
  try {
    return fs.readdirSync(folder)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return []
    throw error
  }
}
