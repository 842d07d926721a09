/** What a key of the vault is for. Each is 32 random bytes of its own, so that one that is known says nothing of another. */
export type KeyPurpose = 'database' | 'audit' | 'files' | 'secrets' | 'signing'
export const keyPurposes: readonly KeyPurpose[] = ['database', 'audit', 'files', 'secrets', 'signing']
/** Every MAC of the audit log hangs on its key, and every seal and report on the one that signs: with another they would prove nothing. */
export type RenewedPurpose = Exclude<KeyPurpose, 'audit' | 'signing'>

/** The keys of a profile. They are readable while the vault is open; a locked vault keeps them wrapped and loses nothing. */
export interface Vault {
  readonly isOpen: boolean
  /** 32 bytes; throws STORAGE_LOCKED while the vault is locked. The same from one start to the next, until the person has the keys renewed. */
  key(purpose: KeyPurpose): Buffer
  /** The keys that what is encrypted for a purpose may have, the likeliest first: two after a renewal that was cut short. Throws as `key`. */
  candidates(purpose: KeyPurpose): Buffer[]
  /** Which of the candidates it turned out to be: `key` gives that one from now on, and the other is forgotten. */
  settle(purpose: KeyPurpose, key: Uint8Array): void
  /**
   * Makes a new key for a purpose. Both keys are kept until `apply` has encrypted everything anew with `next`; where it throws, both stay candidates.
   * Throws as `key`, and DISK_FULL or FILE_NOT_WRITABLE where the keys cannot be kept: then nothing was applied.
   */
  renew(purpose: RenewedPurpose, apply: (next: Buffer) => void | Promise<void>): Promise<void>
  /** Told when the vault opens after it was locked, and when it is locked again. */
  onChange(listener: () => void): () => void
}
