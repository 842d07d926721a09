import type { SlotKind, VaultState } from '#shared/contract/vault.ts'
import { AppError, isAppError } from '#shared/errors.ts'
import type { Audit } from '../../platform/audit/audit.ts'
import { recordIfPossible } from '../../platform/audit/record-if-possible.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import { personLimitMilliseconds, type Keychain } from '../../platform/keychain/keychain.ts'
import { Listeners } from '../../platform/live/listeners.ts'
import { liveStream, newest } from '../../platform/live/live-stream.ts'
import { lockWords } from '../../platform/vault/lock-words.ts'
import type { VaultSlots } from '../../platform/vault/vault-slots.ts'

interface Dependencies {
  slots: VaultSlots
  keychain: Keychain
  audit: Audit
  clock: Clock
  /** Called when the ways to the key have changed, so that no copy of the old ones stays. */
  onSlots: () => void
}

type AuditKind = Parameters<Audit['record']>[0]['kind']

/** The vault as a person manages it: open, lock, and the ways to its key. */
export class VaultService {
  readonly #slots: VaultSlots
  readonly #keychain: Keychain
  readonly #audit: Audit
  readonly #clock: Clock
  readonly #onSlots: () => void
  readonly #changes = new Listeners<void>()
  readonly #stopListening: () => void
  #keychainName: Promise<string | null> | null = null
  #knownKeychain: string | null = null

  constructor({ slots, keychain, audit, clock, onSlots }: Dependencies) {
    this.#slots = slots
    this.#keychain = keychain
    this.#audit = audit
    this.#clock = clock
    this.#onSlots = onSlots
    this.#stopListening = slots.vault.onChange(() => {
      this.#changes.tell()
    })
    // The keychain may have opened it where somebody guessed before.
    if (slots.vault.isOpen) this.#tellRefusals()
  }

  state(): VaultState {
    const { vault, slots, retryMilliseconds } = this.#slots
    return {
      type: 'snapshot',
      status: vault.isOpen ? 'open' : 'locked',
      reason: vault.reason,
      slots: slots.map(slot => ({ kind: slot.kind, createdAt: new Date(slot.createdAt), backend: slot.kind === 'keychain' ? slot.backend : null })),
      isProtected: slots.length > 0 && !this.#slots.has('file'),
      retryAt: retryMilliseconds > 0 ? new Date(this.#clock.now().getTime() + retryMilliseconds) : null,
      keychain: this.#knownKeychain,
    }
  }

  watch(signal?: AbortSignal): AsyncGenerator<VaultState, void, void> {
    return liveStream<VaultState>(
      async push => {
        // Asked only once somebody looks; a start does not wait for it.
        await this.#findKeychain()
        push(this.state())
        return this.#changes.add(() => push(this.state()))
      },
      { signal, limit: 1, collapse: newest },
    )
  }

  async unlock(passphrase: string): Promise<void> {
    await this.#try(async () => await this.#slots.unlock(passphrase))
    this.#opened('passphrase')
  }

  async recover(code: string): Promise<{ recoveryCode: string | null }> {
    const recoveryCode = await this.#try(async () => await this.#slots.recover(code))
    this.#onSlots()
    this.#opened('recovery')
    return { recoveryCode }
  }

  async tryKeychain(): Promise<void> {
    const isOpen = await this.#slots.openAlone({ limitMilliseconds: personLimitMilliseconds })
    this.#changes.tell()
    const { reason, folder } = this.#slots.vault
    if (!isOpen && reason) throw new AppError('STORAGE_LOCKED', { path: folder, reason: lockWords[reason] })
    this.#opened('keychain')
  }

  lock(): void {
    if (!this.#slots.vault.isOpen) return
    if (!this.#slots.has('passphrase') && !this.#slots.has('recovery')) throw new AppError('VAULT_NOTHING_TO_UNLOCK', {})
    this.#record('vault.lock')
    try {
      this.#audit.flush()
    } catch {
      // A log that cannot be written must not keep the keys in memory: the entry waits, or is counted as missing.
    }
    this.#slots.lock()
  }

  async setPassphrase(passphrase: string, current: string | null): Promise<void> {
    await this.#try(async () => await this.#slots.setPassphrase(passphrase, current))
    this.#changed('vault.slot-add', 'passphrase')
  }

  async makeRecoveryCode(): Promise<{ recoveryCode: string }> {
    const recoveryCode = await this.#slots.makeRecoveryCode()
    this.#changed('vault.slot-add', 'recovery')
    return { recoveryCode }
  }

  async useKeychain(): Promise<void> {
    await this.#slots.useKeychain()
    this.#changed('vault.slot-add', 'keychain')
  }

  async removeSlot(kind: SlotKind): Promise<{ isKeychainEntryLeft: boolean }> {
    const isGone = await this.#slots.remove(kind)
    this.#changed('vault.slot-remove', kind)
    return { isKeychainEntryLeft: !isGone }
  }

  async rotate(passphrase: string | null): Promise<{ recoveryCode: string | null }> {
    const recoveryCode = await this.#try(async () => await this.#slots.rotate(passphrase))
    this.#changed('vault.rekey', 'vault')
    return { recoveryCode }
  }

  dispose(): void {
    this.#stopListening()
  }

  async #try<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (isAppError(error) && (error.code === 'VAULT_WRONG_PASSPHRASE' || error.code === 'VAULT_WRONG_CODE')) this.#tellRefusals()
      // The time of the next try has changed.
      this.#changes.tell()
      throw error
    }
  }

  /** What was tried while the log was locked is recorded when it opens, in another start too; forgotten only once it is on disk, so that it may be told twice but not lost. */
  #tellRefusals(): void {
    const tries = this.#slots.unreportedTries
    if (tries === 0 || !this.#slots.vault.isOpen) return
    this.#record('vault.refuse', undefined, { tries })
    try {
      this.#audit.flush()
    } catch {
      return
    }
    this.#slots.triesReported()
  }

  #opened(by: string): void {
    this.#tellRefusals()
    this.#record('vault.unlock', by)
    this.#changes.tell()
  }

  #changed(kind: AuditKind, subject: string): void {
    this.#onSlots()
    this.#record(kind, subject)
    this.#changes.tell()
  }

  #record(kind: AuditKind, subject?: string, details?: Record<string, number>): void {
    recordIfPossible(this.#audit, { kind, actor: 'person', outcome: kind === 'vault.refuse' ? 'refused' : 'done', ...(subject === undefined ? {} : { subject }), ...(details ? { details } : {}) })
  }

  async #findKeychain(): Promise<void> {
    this.#keychainName ??= this.#keychain.name()
    this.#knownKeychain = await this.#keychainName
  }
}
