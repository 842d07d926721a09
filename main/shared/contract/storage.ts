import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { errorCatalog, may, type ErrorCode } from '../errors.ts'

export const StoredKind = z.object({
  kind: z.enum(['conversations', 'unsaved', 'layout', 'secrets', 'audit', 'ledger', 'other', 'prompt-states', 'backups', 'damaged', 'settings', 'logs']),
  /** Bytes of content; of files for those that are files. */
  sizeBytes: z.number(),
  /** Conversations, texts, entries or files; null where counting says nothing. */
  count: z.number().nullable(),
  /** `encrypted` with a key of the vault; `no-content`: plain text that holds no prompt, file, terminal or secret. */
  protection: z.enum(['encrypted', 'no-content']),
})
export type StoredKind = z.infer<typeof StoredKind>

export const BackupInfo = z.object({ number: z.number().int(), at: z.coerce.date(), reason: z.enum(['daily', 'asked', 'migration', 'rekey', 'import', 'restore']), sizeBytes: z.number() })
export type BackupInfo = z.infer<typeof BackupInfo>

const errorCodes = Object.keys(errorCatalog) as [ErrorCode, ...ErrorCode[]]

export const StorageState = z.object({
  type: z.literal('snapshot'),
  /** Why nothing can be read or kept, if so. */
  problem: z.object({ code: z.enum(errorCodes), data: z.unknown() }).nullable(),
  /** A backup took the place of a damaged or missing database and nobody has said yet that they read it. What was kept after `backupAt` is not in it. */
  restored: z.object({ at: z.coerce.date(), backupAt: z.coerce.date(), setAside: z.string().nullable() }).nullable(),
  /** Names of damaged databases that were set aside and stay until a person removes them. */
  damaged: z.array(z.string()),
  kinds: z.array(StoredKind),
  /** Size of the encrypted database with its log. */
  databaseBytes: z.number(),
  /** Newest first. */
  backups: z.array(BackupInfo),
  /** What is being done now. */
  work: z.enum(['backup', 'check', 'restore', 'export', 'import', 'rekey', 'erase']).nullable(),
  /** Why the last automatic backup failed, if it did. */
  backupProblem: z.object({ code: z.enum(errorCodes), data: z.unknown() }).nullable(),
  /** True when retention waits because the clock moved in a way that no time passing explains. */
  isClockDoubted: z.boolean(),
})
export type StorageState = z.infer<typeof StorageState>

const storageErrors = may('STORAGE_LOCKED', 'STORAGE_DAMAGED', 'STORAGE_FULL', 'WORKER_CRASHED', 'WORKER_UNAVAILABLE')
const passphrase = z.string().min(1).max(1024)

export const storage = {
  watch: oc.route({ method: 'GET', summary: 'What is kept on this machine, how large, the backups, and problems: now and as it changes.' }).output(eventIterator(StorageState)),
  backUp: oc.route({ method: 'POST', summary: 'Write an encrypted backup now and check every page of it.' }).output(BackupInfo).errors(storageErrors),
  check: oc
    .route({ method: 'POST', summary: 'Check every page and index of the database; the list of faults, empty where all is well.' })
    .output(z.object({ problems: z.array(z.string()) }))
    .errors(storageErrors),
  restore: oc
    .route({ method: 'POST', summary: 'Put the newest good backup in the place of the database, which is set aside and stays on disk. Answers with the time of the backup.' })
    .output(z.object({ backupAt: z.coerce.date() }))
    .errors(storageErrors),
  startAnew: oc
    .route({ method: 'POST', summary: 'Begin with an empty database; the present one is set aside and stays on disk under the name in the answer.' })
    .output(z.object({ setAside: z.string().nullable() }))
    .errors(storageErrors),
  dismissRestored: oc.route({ method: 'POST', summary: 'Say that the note about a restored backup was read.' }).output(z.void()).errors(storageErrors),
  exportTo: oc
    .route({ method: 'POST', summary: 'Write conversations, unsaved text and settings to one file at an absolute path, sealed with a passphrase of at least 8 characters. Nothing is overwritten.' })
    .input(z.object({ path: z.string().min(1), passphrase: passphrase.min(8) }))
    .output(z.object({ path: z.string(), sizeBytes: z.number() }))
    .errors({ ...storageErrors, ...may('FILE_EXISTS', 'FILE_NOT_FOUND', 'FILE_NOT_WRITABLE', 'FILE_NAME_INVALID', 'DISK_FULL') }),
  importFrom: oc
    .route({ method: 'POST', summary: 'Add what an exported file holds; what is here already stays as it is. Settings are taken where there are none, but for those that name programs or models or say how long something is kept. A backup is made first.' })
    .input(z.object({ path: z.string().min(1), passphrase }))
    .output(z.object({ conversations: z.number(), documents: z.number(), isSettingsTaken: z.boolean(), settingsLeftOut: z.array(z.string()) }))
    .errors({ ...storageErrors, ...may('EXPORT_UNREADABLE', 'FILE_NOT_FOUND', 'FILE_UNREADABLE', 'DISK_FULL') }),
  rekey: oc.route({ method: 'POST', summary: 'Encrypt the whole database with a new key. Backups under the old key are replaced by a new one.' }).output(z.void()).errors({ ...storageErrors, ...may('DISK_FULL', 'FILE_NOT_WRITABLE') }),
  erase: oc
    .route({ method: 'POST', summary: 'Destroy the keys, then delete everything that this profile keeps, backups included. The confirmation is the word erase. Says whether the keychain kept its entry, which opens copies that were made elsewhere. Cortex ends.' })
    .input(z.object({ confirmation: z.literal('erase') }))
    .output(z.object({ isKeychainEntryLeft: z.boolean() }))
    .errors(storageErrors),
}
