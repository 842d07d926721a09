import type { Clock } from './clock/clock.ts'
import type { Keychain } from './keychain/keychain.ts'
import type { Log } from './log/log.ts'
import type { LogBook } from './log/log-book.ts'
import type { Redactor } from './redaction/redactor.ts'
import type { ObservedLauncher } from './workers/observed-launcher.ts'

export interface HostPaths {
  /** The person's home folder. */
  home: string
  /** All state of this profile: database, key, settings, lock. `CORTEX_HOME` moves it. */
  state: string
  logs: string
  /** Folder of the bundled resources (models, prompts, icons). */
  resources: string
}

export type HostKind = 'electron' | 'node'

/** What a host (Electron or plain Node) supplies to the application. */
export interface Host {
  kind: HostKind
  version: string
  paths: HostPaths
  /** Also the keychain's processes are started through it, so that the privacy statements know them all. */
  launcher: ObservedLauncher
  keychain: Keychain
  /** True: the person started Cortex without confinement of its workers, to see what would be open. */
  isEnforcementOff: boolean
  /** Given over a descriptor, for a vault that only its passphrase opens. */
  passphrase?: string | null
  /** N of scrypt for passphrases that are set. For tests that need not wait: no host that ships gives one. */
  passphraseCost?: number
  clock: Clock
  log: Log
  /** What `log` writes to; the log view reads it. */
  logBook: LogBook
  /** Masks what enters `log`; the application shows it the person's own secrets and false alarms. */
  redactor: Redactor
  /** What core files held before the host kept its memory out of them: for the terminals' process. Null where the system has no such filter. */
  coreFilter?: string | null
  /** Settings given on the command line, by key: the top layer. */
  settingOverrides: Record<string, unknown>
  /** Ends this host as a signal from outside would; absent where what it does ends by itself. */
  end?: () => void
}
