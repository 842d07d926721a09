import { randomBytes } from 'node:crypto'
import { AppError } from '#shared/errors.ts'
import type { Clock } from '../clock/clock.ts'
import { personLimitMilliseconds, startLimitMilliseconds, type Keychain, type KeychainCall } from '../keychain/keychain.ts'
import { TurnTaker } from '../live/turn-taker.ts'
import type { AttemptLimit } from './attempt-limit.ts'
import type { KeptVault } from './kept-vault.ts'
import * as keySlots from './key-slots.ts'
import { parseRecoveryCode } from './recovery-code.ts'
import type { KeySlot, SlotKind, VaultContent } from './vault-file.ts'
import { keyBytes } from './wrap-key.ts'
import { removeDurably } from './write-durably.ts'

interface Dependencies {
  vault: KeptVault
  keychain: Keychain
  limit: AttemptLimit
  clock: Clock
  /** N of scrypt for a passphrase that is set. */
  cost: number
}

const asked: KeychainCall = { limitMilliseconds: personLimitMilliseconds }

/** The ways to the vault's key. What wraps it anew is durable before what wrapped it before goes. */
export class VaultSlots {
  readonly vault: KeptVault
  readonly #keychain: Keychain
  readonly #limit: AttemptLimit
  readonly #clock: Clock
  readonly #cost: number
  readonly #turns = new TurnTaker()

  constructor({ vault, keychain, limit, clock, cost }: Dependencies) {
    this.vault = vault
    this.#keychain = keychain
    this.#limit = limit
    this.#clock = clock
    this.#cost = cost
  }

  get slots(): readonly KeySlot[] {
    return this.vault.content?.slots ?? []
  }

  /** Milliseconds until the next passphrase or code is heard. */
  get retryMilliseconds(): number {
    return this.#limit.remaining
  }

  /** Wrong passphrases and codes that no audit log holds yet, from before the start too; `triesReported` forgets them. */
  get unreportedTries(): number {
    return this.#limit.unreported
  }

  triesReported(): void {
    this.#limit.reported()
  }

  has(kind: SlotKind): boolean {
    return this.slots.some(slot => slot.kind === kind)
  }

  /** Opens without a person: by the keychain, else by the key file. Whether it is open then; `vault.reason` says why not. */
  openAlone(call: KeychainCall = { limitMilliseconds: startLimitMilliseconds }): Promise<boolean> {
    return this.#turns.take('', async () => {
      if (this.vault.isOpen) return true
      const [keychain, file] = [this.#find('keychain'), this.#find('file')]
      if (file) {
        const key = keySlots.openFileSlot(file, this.#profile, this.vault.folder)
        if (typeof key !== 'string') return this.vault.openWith(key)
        this.vault.explain(key)
      }
      if (keychain) {
        const key = await keySlots.openKeychainSlot(keychain, this.#profile, this.#keychain, call)
        if (typeof key !== 'string') return this.vault.openWith(key)
        this.vault.explain(key)
      }
      if (!file && !keychain && this.slots.length > 0) this.vault.explain(this.has('passphrase') ? 'passphrase-needed' : 'recovery-code-needed')
      return false
    })
  }

  /** Throws VAULT_WRONG_PASSPHRASE, VAULT_RATE_LIMITED, VAULT_SLOT_MISSING, and STORAGE_LOCKED where what it opens is damaged. */
  unlock(passphrase: string): Promise<void> {
    return this.#turns.take('', async () => {
      const key = await this.#checkPassphrase(passphrase)
      if (!this.vault.isOpen) this.#open(key)
    })
  }

  /** The code that takes the place of the one used; null where it could not be kept, so that the old one still holds. Throws as `unlock`, and VAULT_CODE_MISTYPED. */
  recover(code: string): Promise<string | null> {
    return this.#turns.take('', async () => {
      const slot = this.#need('recovery')
      const secret = parseRecoveryCode(code)
      if (secret === null) throw new AppError('VAULT_CODE_MISTYPED', {})
      this.#limit.begin()
      const key = keySlots.openRecoverySlot(slot, this.#profile, secret)
      if (!key) throw new AppError('VAULT_WRONG_CODE', { retryMilliseconds: this.#limit.remaining })
      this.#limit.succeed()
      if (!this.vault.isOpen) this.#open(key)
      try {
        return this.#newRecoveryCode()
      } catch {
        return null
      }
    })
  }

  lock(): void {
    if (!this.has('passphrase') && !this.has('recovery')) throw new AppError('VAULT_NOTHING_TO_UNLOCK', {})
    if (this.vault.isOpen) this.vault.shut('locked-by-person')
  }

  /** Sets a passphrase, or changes it with the one there is. */
  setPassphrase(passphrase: string, current: string | null): Promise<void> {
    return this.#turns.take('', async () => {
      void this.vault.vaultKey
      if (this.has('passphrase')) await this.#checkPassphrase(current ?? '')
      const slot = await this.#wrapping(key => keySlots.makePassphraseSlot(key, this.#profile, passphrase, this.#clock.now(), this.#cost))
      this.#put(slot)
    })
  }

  makeRecoveryCode(): Promise<string> {
    return this.#turns.take('', async () => this.#newRecoveryCode())
  }

  useKeychain(call = asked): Promise<void> {
    return this.#turns.take('', async () => {
      void this.vault.vaultKey
      const old = this.#find('keychain')
      if (old && typeof (await keySlots.openKeychainSlot(old, this.#profile, this.#keychain, call)) !== 'string') return
      this.#put(await this.#wrapping(key => keySlots.makeKeychainSlot(key, this.#profile, this.#newAccount(old), this.#keychain, this.#clock.now(), call)))
      if (old) await keySlots.forgetIfPossible(old, this.#keychain, call)
    })
  }

  /** Durable on return. Whether what opened it there is gone as well: a keychain may not let go of its entry. */
  remove(kind: SlotKind): Promise<boolean> {
    return this.#turns.take('', async () => {
      const slot = this.#need(kind)
      if (this.slots.length === 1) throw new AppError('VAULT_LAST_SLOT', { kind })
      // Only who has the keys may take a way to them.
      void this.vault.vaultKey
      this.vault.putSlots(this.slots.filter(one => one.kind !== kind))
      if (slot.kind === 'file') this.#removeKeyFiles()
      return slot.kind !== 'keychain' || (await keySlots.forgetIfPossible(slot, this.#keychain, asked))
    })
  }

  /** Locks, and takes the key out of the keychain, for a vault whose files are destroyed. Throws KEYCHAIN_UNAVAILABLE where that keeps it. */
  async forget(): Promise<void> {
    const slot = this.#find('keychain')
    if (this.vault.isOpen) this.vault.shut('erased')
    if (slot) await keySlots.forgetKeychainEntry(slot, this.#keychain, asked)
  }

  /** A new vault key and new secrets in every slot. The new recovery code comes back; null where there was none. */
  rotate(passphrase: string | null): Promise<string | null> {
    return this.#turns.take('', async () => {
      void this.vault.vaultKey
      if (this.has('passphrase')) await this.#checkPassphrase(passphrase ?? '')
      const key = randomBytes(keyBytes)
      const now = this.#clock.now()
      const slots: VaultContent['slots'] = []
      let code: string | null = null
      this.#settleKeyFile()
      const [, nextKeyFile] = keySlots.keyFilePaths(this.vault.folder)
      const oldKeychain = this.#find('keychain')
      for (const { kind } of this.slots) {
        if (kind === 'passphrase') slots.push(await keySlots.makePassphraseSlot(key, this.#profile, passphrase ?? '', now, this.#cost))
        if (kind === 'keychain') slots.push(await keySlots.makeKeychainSlot(key, this.#profile, this.#newAccount(oldKeychain), this.#keychain, now, asked))
        if (kind === 'file') slots.push(keySlots.makeFileSlot(key, this.#profile, nextKeyFile, now))
        if (kind !== 'recovery') continue
        const made = keySlots.makeRecoverySlot(key, this.#profile, now)
        slots.push(made.slot)
        code = made.code
      }
      this.vault.rewrap(key, slots)
      this.#settleKeyFile()
      if (oldKeychain) await keySlots.forgetIfPossible(oldKeychain, this.#keychain, asked)
      return code
    })
  }

  get #profile(): string {
    return this.vault.content?.profile ?? ''
  }

  #find<K extends SlotKind>(kind: K): Extract<KeySlot, { kind: K }> | null {
    // `find` cannot narrow by a value.
    return (this.slots.find(slot => slot.kind === kind) ?? null) as Extract<KeySlot, { kind: K }> | null
  }

  #need<K extends SlotKind>(kind: K): Extract<KeySlot, { kind: K }> {
    const slot = this.#find(kind)
    if (!slot) throw new AppError('VAULT_SLOT_MISSING', { kind })
    return slot
  }

  async #checkPassphrase(passphrase: string): Promise<Buffer> {
    const slot = this.#need('passphrase')
    this.#limit.begin()
    const key = await keySlots.openPassphraseSlot(slot, this.#profile, passphrase)
    if (!key) throw new AppError('VAULT_WRONG_PASSPHRASE', { retryMilliseconds: this.#limit.remaining })
    this.#limit.succeed()
    return key
  }

  /** `make` gets a copy: a lock meanwhile empties the vault's own, and a slot that wraps nothing would lose everything. Throws STORAGE_LOCKED. */
  async #wrapping<T>(make: (key: Buffer) => Promise<T>): Promise<T> {
    const key = Buffer.from(this.vault.vaultKey)
    try {
      return await make(key)
    } finally {
      key.fill(0)
    }
  }

  #open(key: Buffer): void {
    if (!this.vault.openWith(key)) void this.vault.vaultKey
  }

  #newRecoveryCode(): string {
    const { slot, code } = keySlots.makeRecoverySlot(this.vault.vaultKey, this.#profile, this.#clock.now())
    this.#put(slot)
    return code
  }

  /** Puts a slot in the place of the one of its kind. A key file has no use beside a keychain or a passphrase but to go round them. */
  #put(slot: KeySlot): void {
    const isFileDone = slot.kind === 'keychain' || slot.kind === 'passphrase'
    this.vault.putSlots([...this.slots.filter(one => one.kind !== slot.kind && !(isFileDone && one.kind === 'file')), slot])
    if (isFileDone) this.#removeKeyFiles()
  }

  /** An entry of another name, so that the one in use stays until the new one is. */
  #newAccount(old: Extract<KeySlot, { kind: 'keychain' }> | null): string {
    return old?.account === this.#profile ? `${this.#profile} ${(this.vault.content?.revision ?? 0) + 1}` : this.#profile
  }

  #settleKeyFile(): void {
    const slot = this.#find('file')
    if (slot) keySlots.settleKeyFile(slot, this.#profile, this.vault.folder)
  }

  #removeKeyFiles(): void {
    for (const path of keySlots.keyFilePaths(this.vault.folder)) removeDurably(path)
  }
}
