import type { Confinement } from '../workers/confinement.ts'

/** How long a keychain may take where nobody waits for its question. */
export const startLimitMilliseconds = 3000
/** How long it may take where a person is there to answer it. */
export const personLimitMilliseconds = 60_000

export interface KeychainCall {
  /** After this long the call throws KEYCHAIN_UNAVAILABLE `no-answer`; 3 s where none is given. */
  limitMilliseconds?: number
}

/**
 * The operating system's store of secrets, with those calls of keytar that ask for one entry. Each throws KEYCHAIN_UNAVAILABLE: `absent` where there is none,
 * `locked`, `no-answer` in time, or `refused`. Never the kernel's keyring, and never a key that stands in a program.
 */
export interface Keychain {
  /** How the process that asks it is confined now; absent where no process is started for it. */
  confinement?(): Confinement
  /** What it is, such as "GNOME Keyring"; null where there is none that answers. */
  name(call?: KeychainCall): Promise<string | null>
  /** Null where it holds none; a keyring that was never unlocked since it was made may say that too. */
  getPassword(service: string, account: string, call?: KeychainCall): Promise<string | null>
  setPassword(service: string, account: string, password: string, call?: KeychainCall): Promise<void>
  /** False where there was none. */
  deletePassword(service: string, account: string, call?: KeychainCall): Promise<boolean>
}
