import fs from 'node:fs'
import { join } from 'node:path'
import { AppError } from '#shared/errors.ts'
import type { Clock } from '../clock/clock.ts'
import { TurnTaker } from '../live/turn-taker.ts'
import type { Vault } from '../vault/vault.ts'
import { backupsToRemove, listBackups, nextBackupPath, removeBackup, vaultCopyPath, type Backup, type BackupReason } from './backup-files.ts'
import { cipherKey, headOf } from './database-file.ts'
import { databasePath, makeEmptyDatabase } from './open-storage.ts'
import { recoverDatabase, setDatabaseAside } from './recover-database.ts'
import { syncFile, syncParent } from './sync-path.ts'
import type { VaultStorage } from './vault-storage.ts'

/** The work of `native/keeper`, which a process of its own does so that the host goes on. */
export interface DatabaseWork {
  copy(input: { from: string; to: string }): Promise<void>
  pack(input: { from: string; key: string; to: string }): Promise<{ sizeBytes: number }>
  rekey(input: { from: string; key: string; to: string; newKey: string; tables: string[] | null }): Promise<void>
  check(input: { path: string; key: string }): Promise<string[]>
}

interface Options {
  folder: string
  vault: Vault
  storage: VaultStorage
  clock: Clock
  work: DatabaseWork
  /** Called when a piece of work is done and no other waits: the process may end. */
  onIdle?: () => void
}

/** Whatever is done to the database as a file: backups, checks, restoring, another key. One after the other. */
export class DatabaseKeeper {
  readonly #options: Options
  readonly #turns = new TurnTaker()
  #waiting = 0

  constructor(options: Options) {
    this.#options = options
  }

  backups(): Backup[] {
    return listBackups(this.#options.folder)
  }

  /** Writes a backup, checked page by page, and removes those that are too many. Throws STORAGE_DAMAGED where the database is not whole, and STORAGE_FULL. */
  backUp(reason: BackupReason): Promise<Backup> {
    return this.#inTurn(async () => {
      const { folder, clock, work } = this.#options
      const path = nextBackupPath(folder, clock.now(), reason)
      await this.#withCopy(async (copy, key) => await work.pack({ from: copy, key, to: path }))
      copyVault(folder, path)
      const all = this.backups()
      for (const one of backupsToRemove(all)) removeBackup(one)
      const made = all.find(one => one.path === path)
      if (!made) throw new AppError('STORAGE_DAMAGED', { path })
      return made
    })
  }

  /** What a check of every page and index of the database finds; empty where all is well. */
  check(): Promise<string[]> {
    return this.#inTurn(async () => await this.#withCopy(async (path, key) => await this.#options.work.check({ path, key })))
  }

  /** The same for a database file that nobody has open, under its own key. */
  checkFile(path: string, key: Buffer): Promise<string[]> {
    return this.#inTurn(async () => await this.#options.work.check({ path, key: cipherKey(key).toString('hex') }))
  }

  /** Puts a backup in the place of the database, which is set aside. Throws STORAGE_DAMAGED where no backup is good. */
  restore(): Promise<void> {
    return this.#inTurn(async () => {
      const { folder, clock, storage, vault } = this.#options
      const path = databasePath(folder)
      const key = vault.key('database')
      const recovery = await storage.whileShut('a backup is being put in its place', () => recoverDatabase(folder, path, key, clock.now()))
      if (!recovery) throw new AppError('STORAGE_DAMAGED', { path })
      storage.noteRecovery(recovery)
    })
  }

  /** Begins an empty database; the present one is set aside and stays. */
  startAnew(): Promise<string | null> {
    return this.#inTurn(async () => {
      const { folder, clock, storage, vault } = this.#options
      const path = databasePath(folder)
      const key = vault.key('database')
      return await storage.whileShut('an empty one is being made', () => {
        const aside = setDatabaseAside(path, clock.now())
        // Else the next start would take the empty place for a loss and restore.
        makeEmptyDatabase(path, key)
        return aside
      })
    })
  }

  /** Writes what features keep, without tables of the platform, to `to` under `newKey`. */
  copyContent(to: string, newKey: Buffer, tables: string[]): Promise<void> {
    return this.#inTurn(async () => {
      await this.#withCopy(async (from, key) => {
        await this.#options.work.rekey({ from, key, to, newKey: cipherKey(newKey).toString('hex'), tables })
      })
    })
  }

  /**
   * Writes the database anew under `newKey`, which the vault must have kept durably beside the present one before. Killed at any point, what lies
   * there opens with one of the two.
   */
  rekey(newKey: Buffer): Promise<void> {
    return this.#inTurn(async () => {
      const { folder, storage, vault, work } = this.#options
      const path = databasePath(folder)
      const [present] = vault.candidates('database')
      const key = cipherKey(present ?? vault.key('database')).toString('hex')
      const next = `${path}.rekeyed`
      await storage.whileShut('its key is being changed', async () => {
        try {
          await work.rekey({ from: path, key, to: next, newKey: cipherKey(newKey).toString('hex'), tables: null })
          // A log that was left would be taken for that of the new file.
          if (fs.existsSync(`${path}-wal`)) throw new AppError('STORAGE_LOCKED', { path, reason: 'its log could not be folded into it' })
          fs.renameSync(next, path)
          syncParent(path)
        } finally {
          fs.rmSync(next, { force: true })
        }
      })
    })
  }

  /** The backups that the present key opens. */
  openableBackups(): Backup[] {
    const key = this.#options.vault.key('database')
    return this.backups().filter(backup => headOf(backup.path, key) === 'ours')
  }

  /** Removes the backups that the present key does not open: what they hold is to be read by nobody who has the old one. */
  removeUnopenableBackups(): void {
    const openable = new Set(this.openableBackups().map(backup => backup.path))
    for (const backup of this.backups()) if (!openable.has(backup.path)) removeBackup(backup)
  }

  /** Gives each backup the wrapped keys as they are now: a passphrase or code that was changed must open nothing beside a backup either. */
  refreshVaultCopies(): void {
    const { folder } = this.#options
    for (const { path } of this.backups()) {
      try {
        if (fs.existsSync(vaultCopyPath(path))) copyVault(folder, path)
      } catch {
        // Better none than one that opens with what no longer should.
        fs.rmSync(vaultCopyPath(path), { force: true })
      }
    }
  }

  async #withCopy<T>(use: (path: string, key: string) => Promise<T>): Promise<T> {
    const { folder, storage, vault, work } = this.#options
    const copy = join(folder, 'cortex.db.copy')
    const key = cipherKey(vault.key('database')).toString('hex')
    try {
      await storage.whileHeld(async () => {
        await work.copy({ from: databasePath(folder), to: copy })
      })
      return await use(copy, key)
    } finally {
      fs.rmSync(copy, { force: true })
    }
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    this.#waiting++
    try {
      return await this.#turns.take('database', work)
    } finally {
      if (--this.#waiting === 0) this.#options.onIdle?.()
    }
  }
}

/** The wrapped keys as they are now, so that a backup opens also where `vault.json` and its copy are lost. */
function copyVault(folder: string, backupPath: string): void {
  const vault = join(folder, 'vault.json')
  if (!fs.existsSync(vault)) return
  const to = vaultCopyPath(backupPath)
  fs.copyFileSync(vault, `${to}.part`)
  fs.chmodSync(`${to}.part`, 0o600)
  syncFile(`${to}.part`)
  fs.renameSync(`${to}.part`, to)
  syncParent(to)
}
