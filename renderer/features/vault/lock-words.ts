import type { LockReason } from '#shared/contract/vault.ts'

/** Why the vault is locked, for a person, and what they may do about it beyond what the screen offers. */
export const lockSentences: Readonly<Record<LockReason, string>> = {
  'keychain-absent': 'The keychain that holds its key is not there.',
  'keychain-locked': 'The keychain that holds its key is locked. Unlock it, then try again.',
  'keychain-no-answer': 'The keychain that holds its key does not answer. It may be asking you something.',
  'keychain-refused': 'The keychain that holds its key refused to give it.',
  'keychain-entry-missing': 'The keychain of this machine holds no key for this profile. It may have been copied from another machine, or the keychain is locked.',
  'key-file-missing': 'Its key file is missing. Bring vault.key back, then try again.',
  'key-file-damaged': 'Its key file is damaged. Bring a copy of vault.key back, then try again.',
  'passphrase-needed': 'Its passphrase opens it.',
  'recovery-code-needed': 'Its recovery code opens it.',
  'vault-missing': 'There is a database, but vault.json and the key file are missing. Bring both back, then start Cortex again.',
  'vault-damaged': 'vault.json is damaged. Bring a copy of it back, then start Cortex again.',
  'vault-newer': 'A newer Cortex wrote vault.json. Start that one.',
  'vault-unreadable': 'vault.json or the key file cannot be read. Check the rights of the state folder, then start Cortex again.',
  'vault-not-writable': 'The state folder may not be written, or the disk is full. Mend that, then start Cortex again.',
  'locked-by-person': 'You locked it.',
  erased: 'The keys are destroyed and everything that this profile kept is deleted.',
}
