/** What a key of the vault is for. Each is 32 random bytes of its own, so that one that is known says nothing of another. */
export type KeyPurpose = 'database' | 'audit' | 'files' | 'secrets' | 'signing'

/** The keys of a profile. They are readable while the vault is open; a locked vault keeps them wrapped and loses nothing. */
export interface Vault {
  readonly isOpen: boolean
  /** 32 bytes; throws STORAGE_LOCKED while the vault is locked. The same from one start to the next, until the person has the keys renewed. */
  key(purpose: KeyPurpose): Buffer
  /** Told when the vault opens after it was locked, and when it is locked again. */
  onChange(listener: () => void): () => void
}
