import { z } from 'zod'
import type { Collection, Storage } from './storage.ts'

const RestoredNote = z.object({
  /** When a backup took the place of the database. */
  at: z.coerce.date(),
  /** What was kept after this time is not in the backup. */
  backupAt: z.coerce.date(),
  /** Name of the file that was set aside; null where the database was missing. */
  setAside: z.string().nullable(),
  /** It stands in the audit log. */
  isRecorded: z.boolean().default(false),
  /** A person has read it. */
  isSeen: z.boolean(),
})
export type RestoredNote = z.infer<typeof RestoredNote>

/** The last time that a backup was put in the place of the database, at the key `last`. */
export function restoredNote(storage: Storage): Collection<RestoredNote> {
  return storage.collection('storage.restored', RestoredNote)
}
