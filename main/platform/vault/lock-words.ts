import type { LockReason } from '#shared/contract/vault.ts'

/** The end of "stays shut: …". */
export const lockWords: Record<LockReason, string> = {
  'keychain-absent': 'its keychain is not there',
  'keychain-locked': 'its keychain is locked',
  'keychain-no-answer': 'its keychain does not answer',
  'keychain-refused': 'its keychain refused',
  'keychain-entry-missing': 'the keychain of this machine holds no key for it',
  'key-file-missing': 'its key file is missing',
  'key-file-damaged': 'its key file is damaged',
  'passphrase-needed': 'it needs its passphrase',
  'recovery-code-needed': 'it needs its recovery code',
  'vault-missing': 'its key file and vault.json are missing',
  'vault-damaged': 'vault.json is damaged',
  'vault-newer': 'a newer Cortex wrote vault.json',
  'vault-unreadable': 'vault.json or its key file cannot be read',
  'vault-not-writable': 'its folder may not be written, or the disk is full',
  'locked-by-person': 'you locked it',
  erased: 'everything was erased',
}
