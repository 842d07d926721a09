/** Said where a way to the key was removed, or everything was erased, and the keychain kept its part. */
export const keychainEntryLeft =
  'The keychain still holds the entry “Cortex”: it was locked, gave no answer or refused. Here it opens nothing any more, but it opens copies of vault.json that were made before. Remove it in the program of the keychain.'
