import { AppError } from '#shared/errors.ts'
import type { Clock } from '../clock/clock.ts'
import { Listeners } from '../live/listeners.ts'
import type { Vault } from '../vault/vault.ts'
import { LockedStorage } from './locked-storage.ts'
import { openDatabaseOf, databasePath } from './open-storage.ts'
import type { Recovery } from './recover-database.ts'
import { restoredNote } from './restored-note.ts'
import { SqliteStorage } from './sqlite-storage.ts'
import type { Collection, EventStore, Prepared, Storage } from './storage.ts'
import type { z } from 'zod'

interface Options {
  folder: string
  vault: Vault
  clock: Clock
}

/** A copy that was shut under is made anew this often in all. */
const mostCopies = 3

/** The database behind the vault: shut while that is locked, opened with it, and shut again. Whoever holds this never has to ask again. */
export class VaultStorage implements Storage {
  readonly events: EventStore
  readonly #options: Options
  readonly #changes = new Listeners<void>()
  readonly #stopListening: () => void
  #current: SqliteStorage | LockedStorage
  #isCheckDue = false
  /** A database that is found whole after a page could not be read is not checked over and over. */
  #wasCheckedForDamage = false
  #isClosed = false
  /** Another process is at work on the file: nothing may open it. */
  #isShut = false

  constructor(options: Options) {
    this.#options = options
    this.#current = this.#open()
    this.events = {
      append: (...given) => this.#current.events.append(...given),
      read: (...given) => this.#current.events.read(...given),
      streams: (...given) => this.#current.events.streams(...given),
      firstBetween: (...given) => this.#current.events.firstBetween(...given),
      erase: (...given) => {
        this.#current.events.erase(...given)
      },
    }
    this.#stopListening = options.vault.onChange(() => {
      if (!this.#isShut) this.reopen()
    })
  }

  get problem(): AppError<'STORAGE_LOCKED' | 'STORAGE_DAMAGED'> | null {
    return this.#current.problem
  }

  onChange(listener: () => void): () => void {
    return this.#changes.add(listener)
  }

  collection<T>(name: string, schema: z.ZodType<T>): Collection<T> {
    const now = latest(() => this.#current, storage => storage.collection(name, schema))
    return {
      get: key => now().get(key),
      put: (key, value) => {
        now().put(key, value)
      },
      delete: key => {
        now().delete(key)
      },
      entries: prefix => now().entries(prefix),
    }
  }

  prepare<P extends unknown[], R = never>(sql: string): Prepared<P, R> {
    const now = latest(() => this.#current, storage => storage.prepare<P, R>(sql))
    return {
      run: (...parameters) => now().run(...parameters),
      get: (...parameters) => now().get(...parameters),
      all: (...parameters) => now().all(...parameters),
      iterate: (...parameters) => now().iterate(...parameters),
    }
  }

  transaction<T>(work: () => T): T {
    return this.#current.transaction(work)
  }

  /** Whether the last end was not clean and the database was too large to be checked at once. */
  get isCheckDue(): boolean {
    return this.#isCheckDue
  }

  /** Shuts the database and opens what lies on disk now; `isChecked` has every page of it read first, and a damaged one replaced by a backup. */
  reopen({ isChecked = false } = {}): void {
    if (this.#isClosed) return
    this.#current.close()
    this.#current = this.#open(isChecked)
    this.#changes.tell()
  }

  /**
   * Keeps the database file as it is while `work` copies it in another process; changes go on meanwhile. Locking does not wait for that: a copy that the
   * database was shut under may be torn in a way that no check of it shows, so that it is made anew, or STORAGE_LOCKED thrown where the database stays shut.
   */
  async whileHeld<T>(work: () => Promise<T>): Promise<T> {
    for (let tries = 0; tries < mostCopies; tries++) {
      const held = this.#current
      if (held instanceof LockedStorage) throw held.problem
      if (this.#isClosed) break
      const { release } = held.hold()
      let isWhole = false
      let result: T
      try {
        result = await work()
      } finally {
        isWhole = release()
      }
      if (isWhole) return result
    }
    throw new AppError('STORAGE_LOCKED', { path: databasePath(this.#options.folder), reason: 'it was shut while it was being copied' })
  }

  /** Keeps the database shut while `work` changes its file, then opens it again. `reason` completes "the database stays shut: …". */
  async whileShut<T>(reason: string, work: () => Promise<T> | T): Promise<T> {
    if (this.#isShut) throw new AppError('STORAGE_LOCKED', { path: databasePath(this.#options.folder), reason: 'it is being changed already' })
    this.#isShut = true
    this.#current.close()
    this.#current = new LockedStorage(new AppError('STORAGE_LOCKED', { path: databasePath(this.#options.folder), reason }))
    this.#changes.tell()
    try {
      return await work()
    } finally {
      this.#isShut = false
      this.reopen()
    }
  }

  /** Shuts the database; nothing opens it again in this process. */
  shutForGood(reason: string): void {
    this.close()
    this.#current = new LockedStorage(new AppError('STORAGE_LOCKED', { path: databasePath(this.#options.folder), reason }))
    this.#changes.tell()
  }

  /** Remembers that a backup took the database's place, so that the person is told. */
  noteRecovery(recovery: Recovery): void {
    this.#note(this.#current, recovery)
  }

  close(): void {
    this.#isClosed = true
    this.#stopListening()
    this.#current.close()
  }

  #open(isChecked = false): SqliteStorage | LockedStorage {
    const opened = openDatabaseOf({ ...this.#options, isChecked, onDamage: () => {
      this.#checkSoon()
    } })
    this.#isCheckDue = opened.isCheckDue
    if (opened.recovery) this.#note(opened.storage, opened.recovery)
    return opened.storage
  }

  #note(storage: Storage, { backup, setAside }: Recovery): void {
    restoredNote(storage).put('last', { at: this.#options.clock.now(), backupAt: backup.at, setAside, isRecorded: false, isSeen: false })
  }

  #checkSoon(): void {
    if (this.#wasCheckedForDamage) return
    this.#wasCheckedForDamage = true
    // Not here: whoever met the damage is still inside a call.
    setImmediate(() => {
      if (!this.#isClosed) this.reopen({ isChecked: true })
    })
  }
}

/** What was made from the storage that is current, made anew once that has changed. */
function latest<T>(current: () => Storage, make: (storage: Storage) => T): () => T {
  let from: Storage | null = null
  let made: T | null = null
  return () => {
    const storage = current()
    if (from !== storage || made === null) {
      made = make(storage)
      from = storage
    }
    return made
  }
}
