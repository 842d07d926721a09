import type { AppError } from '#shared/errors.ts'
import type { Clock } from '../clock/clock.ts'
import { Listeners } from '../live/listeners.ts'
import type { Vault } from '../vault/vault.ts'
import { openStorage } from './open-storage.ts'
import type { Collection, EventStore, Prepared, Storage } from './storage.ts'
import type { z } from 'zod'

interface Options {
  folder: string
  vault: Vault
  clock: Clock
}

/** The database behind the vault: shut while that is locked, opened with it, and shut again. Whoever holds this never has to ask again. */
export class VaultStorage implements Storage {
  readonly events: EventStore
  readonly #options: Options
  readonly #changes = new Listeners<void>()
  readonly #stopListening: () => void
  #current: Storage

  constructor(options: Options) {
    this.#options = options
    this.#current = this.#open()
    this.events = {
      append: (...given) => this.#current.events.append(...given),
      read: (...given) => this.#current.events.read(...given),
      streams: (...given) => this.#current.events.streams(...given),
      erase: (...given) => {
        this.#current.events.erase(...given)
      },
    }
    this.#stopListening = options.vault.onChange(() => {
      this.reopen()
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

  /** Shuts the database and opens what lies on disk now. */
  reopen(): void {
    this.#current.close()
    this.#current = this.#open()
    this.#changes.tell()
  }

  close(): void {
    this.#stopListening()
    this.#current.close()
  }

  #open(): Storage {
    return openStorage(this.#options.folder, this.#options.vault, this.#options.clock)
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
