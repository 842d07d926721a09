import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { writeError } from '../../platform/files/file-errors.ts'
import type { Log } from '../../platform/log/log.ts'
import { syncFile } from '../../platform/storage/sync-path.ts'
import type { VaultStorage } from '../../platform/storage/vault-storage.ts'

/** The lock that says who hosts this profile, and the socket of that host, go with the process. */
const heldByHost = /^(host\.lock.*|.*\.sock)$/
const keyFiles = /^(cortex|vault)\.(key|json).*$/
const backupKeyFiles = /\.vault\.json(\.part)?$/
const endMilliseconds = 500

interface Dependencies {
  folder: string
  storage: VaultStorage
  /** Takes the keys out of what is not a file of this folder, such as the keychain. */
  forgetKeys: () => Promise<void>
  log: Log
  /** Ends the host; it begins anew at the next start. */
  endHost: (() => void) | undefined
}

/** Destroys the keys first, so that whatever of the rest stays on the disk cannot be read, then the files. */
export class EraseEverything {
  readonly #dependencies: Dependencies
  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  /** Says whether the keychain kept its entry. */
  async erase(): Promise<{ isKeychainEntryLeft: boolean }> {
    const { folder, storage, forgetKeys, log, endHost } = this.#dependencies
    storage.shutForGood('everything was erased')
    const failures = keyPaths(folder).flatMap(path => destroy(path))
    const isKeychainEntryLeft = await forgetKeys().then(() => false, (error: unknown) => {
      // Of this folder it opens nothing any more, but of every copy of `vault.json` that was made elsewhere.
      log.warn('The keychain still holds its entry', { reason: error instanceof Error ? error.name : 'unknown' })
      return true
    })
    for (const name of await readdir(folder)) {
      if (heldByHost.test(name)) continue
      await rm(join(folder, name), { recursive: true, force: true, maxRetries: 2 }).catch((error: unknown) => {
        log.warn('A file stays, and cannot be read without the keys', { reason: error instanceof Error ? error.name : 'unknown' })
      })
    }
    const [failure] = failures
    // Said last: what can be destroyed is, whatever cannot.
    if (failure !== undefined) throw failure
    // The answer goes out first.
    if (endHost) setTimeout(endHost, endMilliseconds).unref()
    return { isKeychainEntryLeft }
  }
}

function keyPaths(folder: string): string[] {
  const backups = join(folder, 'backups')
  return [
    ...fs.readdirSync(folder).filter(name => keyFiles.test(name)).map(name => join(folder, name)),
    ...(fs.existsSync(backups) ? fs.readdirSync(backups) : []).filter(name => backupKeyFiles.test(name)).map(name => join(backups, name)),
  ]
}

/** Overwrites a small file before its name goes: deleting alone leaves the bytes where they are. Gives why where it is still there. */
function destroy(path: string): unknown[] {
  try {
    overwrite(path)
  } catch {
    // A file that may not be written may still be removed.
  }
  try {
    fs.rmSync(path, { force: true })
    return []
  } catch (error) {
    return [writeError(error, path)]
  }
}

function overwrite(path: string): void {
  const descriptor = fs.openSync(path, 'r+')
  try {
    fs.writeSync(descriptor, randomBytes(Math.max(32, fs.fstatSync(descriptor).size)), 0, undefined, 0)
  } finally {
    fs.closeSync(descriptor)
  }
  syncFile(path)
}
