import type { z } from 'zod'
import type { Collection, Storage } from './storage.ts'

/** Gives a collection while the database is open, null while it is shut: for what a person can do without. */
export function collectionIfOpen<T>(storage: Storage, name: string, schema: z.ZodType<T>): () => Collection<T> | null {
  let collection: Collection<T> | null = null
  return () => (storage.problem ? null : (collection ??= storage.collection(name, schema)))
}
