import { AppError } from '#shared/errors.ts'
import type { Audit } from '../audit/audit.ts'
import { recordThenDo } from '../audit/record-then-do.ts'
import type { Clock } from '../clock/clock.ts'
import { Listeners } from '../live/listeners.ts'
import { changeIfRoom } from '../storage/change-if-room.ts'
import type { Collection, Storage } from '../storage/storage.ts'
import type { Vault } from '../vault/vault.ts'
import { seal, unseal } from './seal.ts'
import { checkSecretName } from './secret-name.ts'
import type { SecretPurpose, Secrets } from './secrets.ts'
import { sealContext, secretLimitBytes, StoredSecret } from './stored-secret.ts'
import { withoutValue } from './without-value.ts'

interface Dependencies {
  storage: Storage
  vault: Vault
  audit: Audit
  clock: Clock
  looksSecret: (text: string) => boolean
}

export interface NewSecret {
  name: string
  description: string
  expiresAt: Date | null
}

/** Secrets sealed with a key of the vault in the encrypted database. No method gives a value away but `use` and `eachValue`, both within main. */
export class VaultSecrets implements Secrets {
  readonly #dependencies: Dependencies
  readonly #kept: Collection<StoredSecret>
  readonly #changes = new Listeners<void>()
  readonly #valueChanges = new Listeners<void>()
  readonly #start: { at: number; uptime: number }
  /** For ends that were given since the start: they are meant by the clock of that moment. */
  readonly #endGiven = new Map<string, { at: number; uptime: number }>()

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
    this.#start = this.#reading()
    this.#kept = dependencies.storage.collection('secrets', StoredSecret)
  }

  list(): StoredSecret[] {
    return this.#kept.entries().map(({ value }) => value)
  }

  /** Whether a secret is past its end. A clock that is set back prolongs none that ended while Cortex ran, or that was asked for after its end. */
  isOver({ name, expiresAt, hasEnded }: StoredSecret): boolean {
    if (expiresAt === null) return false
    return hasEnded === true || Math.max(this.#dependencies.clock.now().getTime(), this.#certainTime(name)) >= expiresAt.getTime()
  }

  onChange(listener: () => void): () => void {
    return this.#changes.add(listener)
  }

  /** Told when a value was added, replaced or deleted. */
  onValueChange(listener: () => void): () => void {
    return this.#valueChanges.add(listener)
  }

  add({ name, description, expiresAt }: NewSecret, value: Buffer): void {
    checkSecretName(name, this.#dependencies.looksSecret)
    checkValue(value)
    if (this.#kept.get(name)) throw new AppError('SECRET_EXISTS', { name })
    const now = this.#dependencies.clock.now()
    const fresh = { name, description, createdAt: now, rotatedAt: null, expiresAt, lastUsedAt: null, uses: 0, version: 1 }
    const kept = { ...fresh, sealed: this.#seal(fresh, value) }
    recordThenDo(this.#dependencies.audit, { kind: 'secret.add', actor: 'person', outcome: 'done', subject: name, details: { expires: dayOf(expiresAt) } }, () => {
      this.#endGiven.set(name, this.#reading())
      this.#put(kept, true)
    })
  }

  /** A new value in place of the old one, which cannot be brought back. An end that has passed goes with the old value. */
  rotate(name: string, value: Buffer): void {
    checkValue(value)
    const old = this.#find(name)
    const now = this.#dependencies.clock.now()
    const version = old.version + 1
    const expiresAt = this.isOver(old) ? null : old.expiresAt
    const kept = { ...old, expiresAt, hasEnded: false, version, rotatedAt: now, sealed: this.#seal({ name, version }, value) }
    recordThenDo(this.#dependencies.audit, { kind: 'secret.rotate', actor: 'person', outcome: 'done', subject: name, details: { version } }, () => this.#put(kept, true))
  }

  setExpiry(name: string, expiresAt: Date | null): void {
    const old = this.#find(name)
    const event = { kind: 'secret.expire', actor: 'person', outcome: 'done', subject: name, details: { expires: dayOf(expiresAt) } } as const
    recordThenDo(this.#dependencies.audit, event, () => {
      this.#kept.put(name, { ...old, expiresAt, hasEnded: false })
      this.#endGiven.set(name, this.#reading())
      this.#changes.tell()
    })
  }

  delete(name: string): void {
    this.#find(name)
    recordThenDo(this.#dependencies.audit, { kind: 'secret.delete', actor: 'person', outcome: 'done', subject: name }, () => this.#kept.delete(name))
    this.#valueChanges.tell()
    this.#changes.tell()
  }

  async use<T>(name: string, { actor, why }: SecretPurpose, work: (value: Buffer) => T | Promise<T>): Promise<T> {
    const { audit, clock } = this.#dependencies
    const secret = this.#find(name)
    const now = clock.now()
    if (secret.expiresAt !== null && this.isOver(secret)) {
      // Only time that has really passed is written down: a clock that is ahead for a while ends nothing for good.
      if (!secret.hasEnded && this.#certainTime(name) >= secret.expiresAt.getTime()) changeIfRoom(() => this.#put({ ...secret, hasEnded: true }, false))
      audit.record({ kind: 'secret.use', actor, outcome: 'refused', subject: name, details: { why, reason: 'expired' } })
      throw new AppError('SECRET_EXPIRED', { name, expiredAt: secret.expiresAt.toISOString() })
    }
    // Nobody reads a value that the log does not know of: on disk first.
    audit.recordFirst({ kind: 'secret.use', actor, outcome: 'allowed', subject: name, details: { why, version: secret.version } })
    const value = this.#unseal(secret)
    try {
      changeIfRoom(() => this.#put({ ...secret, lastUsedAt: now, uses: secret.uses + 1 }, false))
      return await work(value)
    } catch (error) {
      throw withoutValue(error, value)
    } finally {
      value.fill(0)
    }
  }

  /** Each value in turn, for what masks them in texts; zeros afterwards. One that cannot be read is left out. */
  eachValue(work: (name: string, value: Buffer) => void): void {
    const key = this.#dependencies.vault.key('secrets')
    for (const secret of this.list()) {
      const value = unseal(key, sealContext(secret), Buffer.from(secret.sealed, 'base64'))
      if (value) work(secret.name, value)
      value?.fill(0)
    }
  }

  #reading(): { at: number; uptime: number } {
    const { clock } = this.#dependencies
    return { at: clock.now().getTime(), uptime: clock.monotonic() }
  }

  /** The time at the start, or when the end was given, and what has passed since: no clock that is moved meanwhile changes it. */
  #certainTime(name: string): number {
    const { at, uptime } = this.#endGiven.get(name) ?? this.#start
    return at + this.#dependencies.clock.monotonic() - uptime
  }

  #find(name: string): StoredSecret {
    const secret = this.#kept.get(name)
    if (!secret) throw new AppError('SECRET_NOT_FOUND', { name })
    return secret
  }

  #put(secret: StoredSecret, isNewValue: boolean): void {
    this.#kept.put(secret.name, secret)
    if (isNewValue) this.#valueChanges.tell()
    this.#changes.tell()
  }

  #seal(secret: { name: string; version: number }, value: Buffer): string {
    return seal(this.#dependencies.vault.key('secrets'), sealContext(secret), value).toString('base64')
  }

  #unseal(secret: StoredSecret): Buffer {
    const value = unseal(this.#dependencies.vault.key('secrets'), sealContext(secret), Buffer.from(secret.sealed, 'base64'))
    if (!value) throw new AppError('SECRET_DAMAGED', { name: secret.name })
    return value
  }
}

function checkValue(value: Buffer): void {
  if (value.length === 0) throw new AppError('SECRET_EMPTY', {})
  if (value.length > secretLimitBytes) throw new AppError('SECRET_TOO_LARGE', { sizeBytes: value.length, limitBytes: secretLimitBytes })
}

function dayOf(date: Date | null): string {
  return date?.toISOString() ?? 'never'
}
