import type { BackupInfo, StorageState, StoredKind } from '#shared/contract/storage.ts'
import { isAppError } from '#shared/errors.ts'
import type { Audit } from '../../platform/audit/audit.ts'
import { recordIfPossible } from '../../platform/audit/record-if-possible.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import { Listeners } from '../../platform/live/listeners.ts'
import { liveStream, newest } from '../../platform/live/live-stream.ts'
import type { Log } from '../../platform/log/log.ts'
import { isBackupDue, type Backup } from '../../platform/storage/backup-files.ts'
import type { DatabaseKeeper } from '../../platform/storage/database-keeper.ts'
import { databasePath } from '../../platform/storage/open-storage.ts'
import { damagedNames } from '../../platform/storage/recover-database.ts'
import { restoredNote } from '../../platform/storage/restored-note.ts'
import { sweepLeftovers } from '../../platform/storage/sweep-leftovers.ts'
import type { VaultStorage } from '../../platform/storage/vault-storage.ts'
import type { Vault } from '../../platform/vault/vault.ts'
import type { ExportAndImport, Imported } from './export-and-import.ts'
import { measureStored, sizeOf } from './measure-stored.ts'
import type { Retention } from './retention.ts'

/** After the start, so that it has the machine for itself. */
const firstLookMilliseconds = 4000
const lookMilliseconds = 3_600_000
const measureMilliseconds = 30_000

interface Dependencies {
  folder: string
  logs: string
  vault: Vault
  storage: VaultStorage
  keeper: DatabaseKeeper
  retention: Retention
  exports: ExportAndImport
  audit: Audit
  clock: Clock
  log: Log
}

/** What is kept on this machine, and what a person may do with it as a whole. */
export class StorageService {
  readonly #dependencies: Dependencies
  readonly #changes = new Listeners<void>()
  readonly #stopListening: () => void
  #timer: ReturnType<typeof setTimeout> | null = null
  #work: StorageState['work'] = null
  #works = 0
  #backupProblem: StorageState['backupProblem'] = null
  #isDisposed = false
  #isSwept = false
  #measured: { kinds: StoredKind[]; isShut: boolean; until: number } | null = null

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
    this.#stopListening = dependencies.storage.onChange(() => {
      this.#sweepOnce()
      this.#recordRestored()
      this.#changes.tell()
    })
  }

  /** Backs up when the last backup is older than a day and applies retention, soon after the start and then every hour. */
  start(): void {
    this.#sweepOnce()
    this.#recordRestored()
    this.#lookAfter(firstLookMilliseconds)
  }

  state(): StorageState {
    const { folder, storage, keeper, retention } = this.#dependencies
    const { problem } = storage
    const note = problem ? null : restoredNote(storage).get('last')
    const path = databasePath(folder)
    return {
      type: 'snapshot',
      problem: problem && { code: problem.code, data: problem.data },
      restored: note && !note.isSeen ? { at: note.at, backupAt: note.backupAt, setAside: note.setAside } : null,
      damaged: damagedNames(folder),
      kinds: this.#measure(),
      databaseBytes: sizeOf(path) + sizeOf(`${path}-wal`),
      backups: keeper.backups().map(describe),
      work: this.#work,
      backupProblem: this.#backupProblem,
      isClockDoubted: retention.isClockDoubted,
    }
  }

  /** A large database takes a while to measure: it is measured as rarely as that costs next to nothing, and when its state has changed. */
  #measure(): StoredKind[] {
    const { folder, logs, storage, clock } = this.#dependencies
    const now = clock.monotonic()
    if (this.#measured && this.#measured.isShut === (storage.problem !== null) && now < this.#measured.until) return this.#measured.kinds
    const kinds = measureStored(storage, folder, logs)
    const took = clock.monotonic() - now
    this.#measured = { kinds, isShut: storage.problem !== null, until: now + took * 200 }
    return kinds
  }

  watch(signal?: AbortSignal): AsyncGenerator<StorageState, void, void> {
    return liveStream<StorageState>(
      (push, fail) => {
        const tell = (): void => {
          try {
            push(this.state())
          } catch (error) {
            fail(error)
          }
        }
        tell()
        const timer = setInterval(tell, measureMilliseconds)
        timer.unref()
        const stop = this.#changes.add(tell)
        return () => {
          clearInterval(timer)
          stop()
        }
      },
      { signal, limit: 1, collapse: newest },
    )
  }

  async backUp(): Promise<BackupInfo> {
    const backup = await this.#during('backup', async () => await this.#dependencies.keeper.backUp('asked'))
    this.#backupProblem = null
    this.#changes.tell()
    return describe(backup)
  }

  async check(): Promise<string[]> {
    return await this.#during('check', async () => await this.#dependencies.keeper.check())
  }

  async restore(): Promise<{ backupAt: Date }> {
    const { keeper, storage, clock } = this.#dependencies
    await this.#during('restore', async () => {
      await keeper.restore()
    })
    const backupAt = restoredNote(storage).get('last')?.backupAt ?? clock.now()
    this.#recordRestored()
    return { backupAt }
  }

  async startAnew(): Promise<{ setAside: string | null }> {
    const setAside = await this.#during('restore', async () => await this.#dependencies.keeper.startAnew())
    recordIfPossible(this.#dependencies.audit, { kind: 'vault.restore', actor: 'person', outcome: 'done', details: { isEmpty: true } })
    return { setAside }
  }

  dismissRestored(): void {
    const notes = restoredNote(this.#dependencies.storage)
    const note = notes.get('last')
    if (note) notes.put('last', { ...note, isSeen: true })
    this.#changes.tell()
  }

  async exportTo(path: string, passphrase: string): Promise<{ path: string; sizeBytes: number }> {
    const made = await this.#during('export', async () => await this.#dependencies.exports.exportTo(path, passphrase))
    recordIfPossible(this.#dependencies.audit, { kind: 'vault.export', actor: 'person', outcome: 'done', details: { sizeBytes: made.sizeBytes } })
    return made
  }

  async importFrom(path: string, passphrase: string): Promise<Imported> {
    const { keeper, exports } = this.#dependencies
    const imported = await this.#during('import', async () => {
      await keeper.backUp('import')
      return await exports.importFrom(path, passphrase)
    })
    recordIfPossible(this.#dependencies.audit, { kind: 'vault.import', actor: 'person', outcome: 'done', details: { conversations: imported.conversations, documents: imported.documents, isSettingsTaken: imported.isSettingsTaken, settingsLeftOut: imported.settingsLeftOut.join(' ') } })
    return imported
  }

  /** The database under a new key. Its backups are replaced by a new one, for the old key opens them. */
  async rekey(): Promise<void> {
    const { keeper, vault, audit } = this.#dependencies
    await this.#during('rekey', async () => {
      await vault.renew('database', async next => {
        await keeper.rekey(next)
      })
      await keeper.backUp('rekey')
      keeper.removeUnopenableBackups()
    })
    recordIfPossible(audit, { kind: 'vault.rekey', actor: 'person', outcome: 'done', subject: 'database' })
  }

  dispose(): void {
    this.#isDisposed = true
    if (this.#timer) clearTimeout(this.#timer)
    this.#stopListening()
  }

  /** Of copies at the first time that the database is open: none is being made before that. */
  #sweepOnce(): void {
    if (this.#isSwept) return
    this.#isSwept = this.#dependencies.storage.problem === null
    sweepLeftovers(this.#dependencies.folder, { isDatabaseOpen: this.#isSwept })
  }

  /** A backup may take the database's place at any opening; each time stands in the audit log once. */
  #recordRestored(): void {
    const { storage, audit } = this.#dependencies
    if (storage.problem) return
    const notes = restoredNote(storage)
    const note = notes.get('last')
    if (!note || note.isRecorded) return
    notes.put('last', { ...note, isRecorded: true })
    recordIfPossible(audit, { kind: 'vault.restore', actor: 'storage', outcome: 'done', details: { backupAt: note.backupAt.toISOString(), setAside: note.setAside } })
  }

  async #during<T>(work: NonNullable<StorageState['work']>, run: () => Promise<T>): Promise<T> {
    this.#work = work
    this.#works++
    this.#changes.tell()
    try {
      return await run()
    } finally {
      // The keeper does one after the other: the last one asked for is the last to end.
      if (--this.#works === 0) this.#work = null
      this.#changes.tell()
    }
  }

  #lookAfter(milliseconds: number): void {
    if (this.#isDisposed) return
    this.#timer = setTimeout(() => {
      void this.#look().finally(() => {
        this.#lookAfter(lookMilliseconds)
      })
    }, milliseconds)
    this.#timer.unref()
  }

  async #look(): Promise<void> {
    const { storage, keeper, retention, clock, log } = this.#dependencies
    if (storage.problem) return
    try {
      await retention.apply()
      if (!isBackupDue(keeper.openableBackups(), clock.now()) && !storage.isCheckDue) return
      await this.#during('backup', async () => await keeper.backUp('daily'))
      this.#backupProblem = null
    } catch (error) {
      if (this.#isDisposed) return
      if (!isAppError(error)) throw error
      // Locked meanwhile: the next look makes it.
      if (error.code === 'STORAGE_LOCKED' && storage.problem) return
      log.warn('The backup was not made', { code: error.code })
      this.#backupProblem = { code: error.code, data: error.data }
      // What a backup found is looked at with the database shut: a good backup takes its place then.
      if (error.code === 'STORAGE_DAMAGED') storage.reopen({ isChecked: true })
    }
    this.#changes.tell()
  }
}

function describe({ number, at, reason, sizeBytes }: Backup): BackupInfo {
  return { number, at, reason, sizeBytes }
}
