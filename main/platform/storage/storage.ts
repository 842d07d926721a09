import type { z } from 'zod'
import type { AppError } from '#shared/errors.ts'

/** Something that happened; never changed after it was appended. */
export interface StoredEvent {
  /** Grows over all streams. */
  position: number
  stream: string
  kind: string
  data: unknown
  at: Date
}

export interface EventStore {
  /** Durable on return, or when the transaction round it ends. `data` is JSON. */
  append(stream: string, kind: string, data: unknown): StoredEvent
  /** Oldest first. */
  read(stream: string, afterPosition?: number): StoredEvent[]
  /** Names of the streams that begin with `prefix`. */
  streams(prefix: string): string[]
  /** Position of the first event, of any stream, that was kept in that time, both ends included; null where there is none. */
  firstBetween(from: Date, to: Date): number | null
  /** Deletes a stream for good. */
  erase(stream: string): void
}

/** Values by key, each checked against the schema on its way in and out. Dates travel as text: use `z.coerce.date()` for them. */
export interface Collection<T> {
  /** Null when there is none, or when what is kept no longer fits the schema; that stays as it is. */
  get(key: string): T | null
  put(key: string, value: T): void
  delete(key: string): void
  /** Entries whose key begins with `prefix`, by key. */
  entries(prefix?: string): { key: string; value: T }[]
}

/** One statement of SQL; prepared when it is first used, and again when the database was opened anew. */
export interface Prepared<P extends unknown[], R> {
  /** The number of rows that changed. */
  run(...parameters: P): number
  get(...parameters: P): R | null
  all(...parameters: P): R[]
  iterate(...parameters: P): IterableIterator<R>
}

/**
 * What this profile remembers. Every change is durable when the call returns. Calls throw STORAGE_FULL when the disk is,
 * STORAGE_DAMAGED when the file is, and STORAGE_LOCKED when it cannot be opened; nothing kept is ever deleted for that.
 */
export interface Storage {
  /** Why nothing can be kept or read, if so. */
  readonly problem: AppError<'STORAGE_LOCKED' | 'STORAGE_DAMAGED'> | null
  /** Told when `problem` changes: the database was opened, or shut. */
  onChange(listener: () => void): () => void
  readonly events: EventStore
  collection<T>(name: string, schema: z.ZodType<T>): Collection<T>
  /** For parts of the platform that have tables of their own in `migrations.ts`; features use `events` and `collection`. */
  prepare<P extends unknown[], R = never>(sql: string): Prepared<P, R>
  /** All or nothing. `work` must not be async. */
  transaction<T>(work: () => T): T
  close(): void
}
