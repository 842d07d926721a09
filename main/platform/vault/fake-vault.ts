import { createHash } from 'node:crypto'
import { AppError } from '#shared/errors.ts'
import { Listeners } from '../live/listeners.ts'
import type { KeyPurpose, Vault } from './vault.ts'

/** A vault in memory whose keys follow from their purpose. */
export class FakeVault implements Vault {
  isOpen: boolean
  readonly #changes = new Listeners<void>()

  constructor({ isOpen = true } = {}) {
    this.isOpen = isOpen
  }

  key(purpose: KeyPurpose): Buffer {
    if (!this.isOpen) throw new AppError('STORAGE_LOCKED', { path: '/state/cortex.db', reason: 'no key opens it' })
    return createHash('sha256').update(`fake ${purpose}`).digest()
  }

  onChange(listener: () => void): () => void {
    return this.#changes.add(listener)
  }

  setOpen(isOpen: boolean): void {
    this.isOpen = isOpen
    this.#changes.tell()
  }
}
