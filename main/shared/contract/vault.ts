import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { may } from '../errors.ts'

export const SlotKind = z.enum(['keychain', 'passphrase', 'recovery', 'file'])
export type SlotKind = z.infer<typeof SlotKind>

/** Why the vault is locked. */
export const LockReason = z.enum([
  'keychain-absent', 'keychain-locked', 'keychain-no-answer', 'keychain-refused', 'keychain-entry-missing', 'key-file-missing', 'key-file-damaged', 'passphrase-needed',
  'recovery-code-needed', 'vault-missing', 'vault-damaged', 'vault-newer', 'vault-unreadable', 'vault-not-writable', 'locked-by-person', 'erased',
])
export type LockReason = z.infer<typeof LockReason>

export const VaultSlot = z.object({
  kind: SlotKind,
  createdAt: z.date(),
  /** The keychain's real name where the slot was made, such as "GNOME Keyring"; null for the other kinds. */
  backend: z.string().nullable(),
})
export type VaultSlot = z.infer<typeof VaultSlot>

export const VaultState = z.object({
  type: z.literal('snapshot'),
  status: z.enum(['open', 'locked']),
  /** Null while it is open. */
  reason: LockReason.nullable(),
  /** Empty where not even they can be read. */
  slots: z.array(VaultSlot),
  /** False while a key file beside the database opens it. */
  isProtected: z.boolean(),
  /** When the next passphrase or recovery code is heard; null where it is heard now. */
  retryAt: z.date().nullable(),
  /** The keychain that answers on this machine; null where none does. */
  keychain: z.string().nullable(),
})
export type VaultState = z.infer<typeof VaultState>

/** A recovery code is shown once, here: it is kept nowhere. Null where there is none. */
const NewCode = z.object({ recoveryCode: z.string().nullable() })
const passphrase = z.string().min(1).max(1024)
const guessErrors = may('VAULT_WRONG_PASSPHRASE', 'VAULT_RATE_LIMITED', 'VAULT_SLOT_MISSING')
const writeErrors = may('STORAGE_LOCKED', 'DISK_FULL', 'FILE_NOT_WRITABLE')

export const vault = {
  watch: oc.route({ method: 'GET', summary: 'Whether the vault is open, why not, and which ways there are to its key, now and as it changes.' }).output(eventIterator(VaultState)),
  unlock: oc.route({ method: 'POST', summary: 'Open the vault with its passphrase.' }).input(z.object({ passphrase })).output(z.void()).errors({ ...guessErrors, ...may('STORAGE_LOCKED') }),
  recover: oc
    .route({ method: 'POST', summary: 'Open the vault with its recovery code, in any case, with or without dashes. The code is used up by it; the new one comes back.' })
    .input(z.object({ recoveryCode: z.string().min(1).max(200) }))
    .output(NewCode)
    .errors(may('VAULT_WRONG_CODE', 'VAULT_CODE_MISTYPED', 'VAULT_RATE_LIMITED', 'VAULT_SLOT_MISSING', 'STORAGE_LOCKED')),
  tryKeychain: oc.route({ method: 'POST', summary: 'Ask the keychain or the key file again; waits up to 60 seconds for a person who is asked.' }).output(z.void()).errors(may('STORAGE_LOCKED', 'KEYCHAIN_UNAVAILABLE')),
  lock: oc.route({ method: 'POST', summary: 'Lock the vault: keys leave the memory of the host, the database is shut. Only a person can open it again.' }).output(z.void()).errors(may('VAULT_NOTHING_TO_UNLOCK')),
  setPassphrase: oc
    .route({ method: 'POST', summary: 'Set a passphrase of at least 12 characters, or change it with the current one. A key file beside the database goes.' })
    .input(z.object({ passphrase, current: passphrase.nullable() }))
    .output(z.void())
    .errors({ ...guessErrors, ...writeErrors, ...may('VAULT_PASSPHRASE_WEAK') }),
  makeRecoveryCode: oc.route({ method: 'POST', summary: 'Make a recovery code in place of the one there is. It is shown this one time.' }).output(z.object({ recoveryCode: z.string() })).errors(writeErrors),
  useKeychain: oc.route({ method: 'POST', summary: 'Keep a key in the keychain, so that Cortex opens by itself. A key file beside the database goes.' }).output(z.void()).errors({ ...writeErrors, ...may('KEYCHAIN_UNAVAILABLE') }),
  removeSlot: oc
    .route({ method: 'POST', summary: 'Remove one way to the key; the last one stays. Says whether the keychain kept its entry, which still opens copies of vault.json from before.' })
    .input(z.object({ kind: SlotKind }))
    .output(z.object({ isKeychainEntryLeft: z.boolean() }))
    .errors({ ...writeErrors, ...may('VAULT_LAST_SLOT', 'VAULT_SLOT_MISSING') }),
  rotate: oc
    .route({ method: 'POST', summary: 'Renew the key of the vault and everything that wraps it. Needs the passphrase where one is set; the new recovery code comes back where there was one.' })
    .input(z.object({ passphrase: passphrase.nullable() }))
    .output(NewCode)
    .errors({ ...guessErrors, ...writeErrors, ...may('KEYCHAIN_UNAVAILABLE') }),
}
