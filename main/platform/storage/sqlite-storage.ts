import type { Database, Statement } from 'better-sqlite3-multiple-ciphers'
import type { z } from 'zod'
import { AppError } from '#shared/errors.ts'
import type { Clock } from '../clock/clock.ts'
import { SqliteEvents } from './sqlite-events.ts'
import type { Collection, EventStore, Prepared, Storage } from './storage.ts'
import { storageError } from './storage-errors.ts'

/** SQLite's own default. */
const checkpointPages = 1000

interface Statements {
  get: Statement<[string, string], { value: string }>
  put: Statement<[string, string, string]>
  delete: Statement<[string, string]>
  entries: Statement<[string, string], { key: string; value: string }>
}

/** The database of a profile, opened and migrated; see `open-storage.ts`. */
export class SqliteStorage implements Storage {
  readonly problem = null
  readonly events: EventStore
  readonly #database: Database
  readonly #path: string
  readonly #statements: Statements
  readonly #onDamage: () => void
  #isHeld = false

  /** `onDamage` is called when a page cannot be read. */
  constructor(database: Database, path: string, clock: Clock, onDamage: () => void = () => undefined) {
    this.#database = database
    this.#path = path
    this.#onDamage = onDamage
    this.events = new SqliteEvents(database, clock, work => this.#guard(work))
    this.#statements = {
      get: database.prepare('SELECT value FROM documents WHERE collection = ? AND key = ?'),
      put: database.prepare('INSERT INTO documents (collection, key, value) VALUES (?, ?, ?) ON CONFLICT (collection, key) DO UPDATE SET value = excluded.value'),
      delete: database.prepare('DELETE FROM documents WHERE collection = ? AND key = ?'),
      entries: database.prepare('SELECT key, value FROM documents WHERE collection = ? AND key >= ? ORDER BY key'),
    }
  }

  collection<T>(name: string, schema: z.ZodType<T>): Collection<T> {
    const { get, put, delete: remove, entries } = this.#statements
    const parse = (text: string): { value: T } | null => {
      const result = schema.safeParse(JSON.parse(text))
      return result.success ? { value: result.data } : null
    }
    return {
      get: key => {
        const row = this.#guard(() => get.get(name, key))
        return row ? (parse(row.value)?.value ?? null) : null
      },
      put: (key, value) => {
        const text = JSON.stringify(value)
        schema.parse(JSON.parse(text))
        this.#guard(() => put.run(name, key, text))
      },
      delete: key => void this.#guard(() => remove.run(name, key)),
      entries: (prefix = '') => {
        const found: { key: string; value: T }[] = []
        this.#guard(() => {
          for (const row of entries.iterate(name, prefix)) {
            if (!row.key.startsWith(prefix)) break
            const parsed = parse(row.value)
            if (parsed) found.push({ key: row.key, value: parsed.value })
          }
        })
        return found
      },
    }
  }

  prepare<P extends unknown[], R = never>(sql: string): Prepared<P, R> {
    let made: Statement<P, R> | null = null
    const statement = (): Statement<P, R> => (made ??= this.#database.prepare<P, R>(sql))
    return {
      run: (...parameters) => this.#guard(() => statement().run(...parameters).changes),
      get: (...parameters) => this.#guard(() => statement().get(...parameters) ?? null),
      all: (...parameters) => this.#guard(() => statement().all(...parameters)),
      iterate: (...parameters) => this.#guard(() => statement().iterate(...parameters)),
    }
  }

  onChange(): () => void {
    return () => undefined
  }

  transaction<T>(work: () => T): T {
    // Not repeated: `work` may have done more than write here.
    return this.#guard(() => this.#database.transaction(work)(), false)
  }

  /**
   * From here until `release` the database file stays as it is, whole, while changes go to its log: another process may copy it. Closing is not put
   * off for that and folds the log into the file: `release` says whether the hold lasted until then.
   */
  hold(): { release: () => boolean } {
    if (this.#isHeld) throw new Error('The database is held already')
    this.#guard(() => this.#database.pragma('wal_checkpoint(TRUNCATE)'))
    this.#database.pragma('wal_autocheckpoint = 0')
    this.#isHeld = true
    return {
      release: () => {
        this.#isHeld = false
        if (!this.#database.open) return false
        this.#database.pragma(`wal_autocheckpoint = ${checkpointPages}`)
        return true
      },
    }
  }

  close(): void {
    this.#database.close()
  }

  #guard<T>(work: () => T, isRepeatable = true): T {
    try {
      return work()
    } catch (error) {
      const known = storageError(error, this.#path)
      const isFull = known instanceof AppError && known.code === 'STORAGE_FULL' && !this.#database.inTransaction
      if (isFull && this.#shrinkLog() && isRepeatable) return this.#guard(work, false)
      if (known instanceof AppError && known.code === 'STORAGE_DAMAGED') this.#onDamage()
      throw known
    }
  }

  /** Folds the write-ahead log into the database: where nothing more fits behind it, not even a deletion could be written. */
  #shrinkLog(): boolean {
    if (this.#isHeld) return false
    try {
      this.#database.pragma('wal_checkpoint(TRUNCATE)')
      return true
    } catch {
      // The disk is too full for that too; what was kept stays in both files.
      return false
    }
  }
}
