import type { AppError } from '#shared/errors.ts'
import type { Collection, EventStore, Prepared, Storage } from './storage.ts'

/** Stands in for a database that cannot be opened: every call says why, and the file stays as it is. */
export class LockedStorage implements Storage {
  readonly problem: AppError<'STORAGE_LOCKED' | 'STORAGE_DAMAGED'>
  readonly events: EventStore
  readonly #refuse: () => never

  constructor(problem: AppError<'STORAGE_LOCKED' | 'STORAGE_DAMAGED'>) {
    this.problem = problem
    const refuse = (): never => {
      throw problem
    }
    this.#refuse = refuse
    this.events = { append: refuse, read: refuse, streams: refuse, firstBetween: refuse, erase: refuse }
  }

  collection<T>(): Collection<T> {
    const refuse = this.#refuse
    return { get: refuse, put: refuse, delete: refuse, entries: refuse }
  }

  prepare<P extends unknown[], R = never>(): Prepared<P, R> {
    const refuse = this.#refuse
    return { run: refuse, get: refuse, all: refuse, iterate: refuse }
  }

  onChange(): () => void {
    return () => undefined
  }

  transaction(): never {
    return this.#refuse()
  }

  close(): void {}
}
