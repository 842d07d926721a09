import { createHash } from 'node:crypto'
import { AppError } from '#shared/errors.ts'
import { Listeners } from '../live/listeners.ts'
import type { KeyPurpose, RenewedPurpose, Vault } from './vault.ts'

/** A vault in memory whose keys follow from their purpose, and from how often they were renewed. */
export class FakeVault implements Vault {
  isOpen: boolean
  readonly #changes = new Listeners<void>()
  readonly #candidates = new Map<KeyPurpose, Buffer[]>()
  #renewals = 0

  constructor({ isOpen = true } = {}) {
    this.isOpen = isOpen
  }

  key(purpose: KeyPurpose): Buffer {
    // There is always one.
    return this.candidates(purpose)[0] as Buffer
  }

  candidates(purpose: KeyPurpose): Buffer[] {
    if (!this.isOpen) throw new AppError('STORAGE_LOCKED', { path: '/state/cortex.db', reason: 'no key opens it' })
    return this.#candidates.get(purpose) ?? [createHash('sha256').update(`fake ${purpose}`).digest()]
  }

  settle(purpose: KeyPurpose, key: Uint8Array): void {
    this.#candidates.set(purpose, this.candidates(purpose).filter(candidate => candidate.equals(key)))
  }

  async renew(purpose: RenewedPurpose, apply: (next: Buffer) => void | Promise<void>): Promise<void> {
    const next = createHash('sha256').update(`fake ${purpose} ${++this.#renewals}`).digest()
    this.#candidates.set(purpose, [this.key(purpose), next])
    await apply(next)
    this.settle(purpose, next)
  }

  onChange(listener: () => void): () => void {
    return this.#changes.add(listener)
  }

  setOpen(isOpen: boolean): void {
    this.isOpen = isOpen
    this.#changes.tell()
  }
}
