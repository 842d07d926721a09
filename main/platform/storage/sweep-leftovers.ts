import fs from 'node:fs'
import { join } from 'node:path'
import { backupFolder } from './backup-files.ts'
import { databasePath } from './open-storage.ts'

/** What `writeDurably` had not moved into place, of files that are there as they were before. */
const unfinishedFiles = /^(vault\.json(\.bak)?|vault\.key(\.next)?|vault-attempts\.json)\.[0-9a-f]{12}\.tmp$/
const unfinishedBackups = /^\d{6}-.*\.(db|vault\.json)\.part(-journal|-whole|-whole-journal)?$/
/** Copies that one piece of work needed, and their parts; none is ever read by another. */
const unfinishedCopies = /^cortex\.db\.(copy|export|import|rekeyed|restoring)(\.part(-whole)?)?(-wal|-shm|-journal)?$/

/**
 * Removes what a process that was killed left in the middle of its work. Only for the host that has the profile's lock, before it begins such work itself.
 * Copies of the database go only where that opened: until then one of them may be all there is.
 */
export function sweepLeftovers(folder: string, { isDatabaseOpen }: { isDatabaseOpen: boolean }): void {
  sweep(folder, unfinishedFiles)
  sweep(backupFolder(folder), unfinishedBackups)
  if (isDatabaseOpen && fs.existsSync(databasePath(folder))) sweep(folder, unfinishedCopies)
}

function sweep(folder: string, pattern: RegExp): void {
  try {
    for (const name of fs.readdirSync(folder)) if (pattern.test(name)) fs.rmSync(join(folder, name), { force: true })
  } catch {
    // Nothing reads them, and the next start tries again.
  }
}
