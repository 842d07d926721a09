import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { LockReason } from '#shared/contract/vault.ts'
import { AppError } from '#shared/errors.ts'
import { writeError } from '../files/file-errors.ts'
import { Listeners } from '../live/listeners.ts'
import { lockWords } from './lock-words.ts'
import type { KeyPurpose, RenewedPurpose, Vault } from './vault.ts'
import { loadVault, saveVault, vaultPath, type LoadedVault, type VaultContent } from './vault-file.ts'
import { keyBytes, unwrapKey, wrapKey } from './wrap-key.ts'

interface OpenKeys {
  vaultKey: Buffer
  byPurpose: Map<string, { current: Buffer; next: Buffer | null }>
}

const keyLabel = (profile: string, purpose: string): string => `cortex vault ${profile} key ${purpose}`
const nextLabel = (profile: string, purpose: string): string => `cortex vault ${profile} next key ${purpose}`

/** The vault of the profile in a folder: `vault.json` and, while it is open, its keys in memory. */
export class KeptVault implements Vault {
  readonly folder: string
  readonly #changes = new Listeners<void>()
  #content: VaultContent | null
  #reason: LockReason
  #open: OpenKeys | null = null

  /** `content` is null where nothing can be read or made; `reason` says why it is locked until it is opened. */
  constructor(folder: string, content: VaultContent | null, reason: LockReason) {
    this.folder = folder
    this.#content = content
    this.#reason = reason
  }

  get isOpen(): boolean {
    return this.#open !== null
  }

  /** Why it is locked; null while it is open. */
  get reason(): LockReason | null {
    return this.#open ? null : this.#reason
  }

  /** Null where not even the slots can be read. */
  get content(): VaultContent | null {
    return this.#content
  }

  get vaultKey(): Buffer {
    return this.#keys().vaultKey
  }

  key(purpose: KeyPurpose): Buffer {
    return Buffer.from(this.#keysFor(purpose).current)
  }

  candidates(purpose: KeyPurpose): Buffer[] {
    const { current, next } = this.#keysFor(purpose)
    return [current, ...(next ? [next] : [])].map(key => Buffer.from(key))
  }

  settle(purpose: KeyPurpose, key: Uint8Array): void {
    const keys = this.#keysFor(purpose)
    if (!keys.next) return
    const settled = keys.next.equals(key) ? keys.next : keys.current
    this.#keys().byPurpose.set(purpose, { current: settled, next: null })
    try {
      this.#save(content => ({ ...content, keys: { ...content.keys, [purpose]: { wrapped: wrapKey(settled, this.vaultKey, keyLabel(content.profile, purpose)) } } }))
    } catch {
      // Both are still kept there: the next start settles it again.
    }
  }

  async renew(purpose: RenewedPurpose, apply: (next: Buffer) => void | Promise<void>): Promise<void> {
    const { current, next: pending } = this.#keysFor(purpose)
    // Of a renewal that failed, what is encrypted with either is still there.
    if (pending) throw new AppError('STORAGE_LOCKED', { path: join(this.folder, 'cortex.db'), reason: 'an earlier renewal of its key is not finished; start Cortex again' })
    const next = randomBytes(keyBytes)
    this.#save(content => ({
      ...content,
      keys: { ...content.keys, [purpose]: { wrapped: wrapKey(current, this.vaultKey, keyLabel(content.profile, purpose)), next: wrapKey(next, this.vaultKey, nextLabel(content.profile, purpose)) } },
    }))
    this.#keys().byPurpose.set(purpose, { current, next })
    await apply(Buffer.from(next))
    this.settle(purpose, next)
  }

  onChange(listener: () => void): () => void {
    return this.#changes.add(listener)
  }

  /** Opens with the vault's key; false where `vault.json` does not fit it, which is then the reason. Tells of it. */
  openWith(vaultKey: Buffer): boolean {
    const content = this.#content
    const byPurpose = content && unwrapAll(content, vaultKey)
    if (!byPurpose) {
      this.#reason = 'vault-damaged'
      return false
    }
    this.#open = { vaultKey, byPurpose }
    this.#changes.tell()
    return true
  }

  /** Says anew why it is locked; nothing where it is open. */
  explain(reason: LockReason): void {
    if (!this.#open) this.#reason = reason
  }

  /** The keys leave the memory of this process. */
  shut(reason: LockReason): void {
    const open = this.#open
    this.#open = null
    this.#reason = reason
    // Whoever holds what they opened lets go of it first.
    this.#changes.tell()
    open?.vaultKey.fill(0)
    for (const { current, next } of open?.byPurpose.values() ?? []) {
      current.fill(0)
      next?.fill(0)
    }
  }

  /** Replaces the slots; durable on return. Throws STORAGE_LOCKED, DISK_FULL or FILE_NOT_WRITABLE, and then all is as it was. */
  putSlots(slots: VaultContent['slots']): void {
    this.#save(content => ({ ...content, slots }))
  }

  /** The same keys under a new vault key, with the slots that wrap it. */
  rewrap(vaultKey: Buffer, slots: VaultContent['slots']): void {
    const open = this.#keys()
    this.#save(content => ({ ...content, slots, keys: wrapAll(content.profile, open.byPurpose, vaultKey) }))
    open.vaultKey.fill(0)
    this.#open = { ...open, vaultKey }
  }

  #keys(): OpenKeys {
    if (!this.#open) throw new AppError('STORAGE_LOCKED', { path: join(this.folder, 'cortex.db'), reason: lockWords[this.#reason] })
    return this.#open
  }

  #keysFor(purpose: KeyPurpose): { current: Buffer; next: Buffer | null } {
    // Every purpose has one once the vault is open.
    return this.#keys().byPurpose.get(purpose) as { current: Buffer; next: Buffer | null }
  }

  #save(change: (content: VaultContent) => VaultContent): void {
    // What was under way when everything was erased must not bring the wrapped keys back.
    if (!this.#open && this.#reason === 'erased') void this.#keys()
    const content = this.#content
    const onDisk = readOrRefuse(this.folder)
    // Another process that changed it would lose what it wrote.
    if (!content || (onDisk.status === 'read' && onDisk.content.revision !== content.revision)) {
      throw new AppError('FILE_NOT_WRITABLE', { path: vaultPath(this.folder), reason: 'another Cortex changed it' })
    }
    const changed = { ...change(content), revision: content.revision + 1 }
    saveVault(this.folder, changed)
    this.#content = changed
  }
}

function readOrRefuse(folder: string): LoadedVault {
  try {
    return loadVault(folder)
  } catch (error) {
    throw writeError(error, vaultPath(folder))
  }
}

/** What a new vault wraps: one key of its own for each purpose. */
export function newKeys(given: Partial<Record<KeyPurpose, Buffer>>): Record<KeyPurpose, Buffer> {
  const fresh = (): Buffer => randomBytes(keyBytes)
  return { database: fresh(), audit: fresh(), files: fresh(), secrets: fresh(), signing: fresh(), ...given }
}

export function wrapNewKeys(profile: string, vaultKey: Buffer, keys: Record<KeyPurpose, Buffer>): VaultContent['keys'] {
  return wrapAll(profile, new Map(Object.entries(keys).map(([purpose, current]) => [purpose, { current, next: null }])), vaultKey)
}

function wrapAll(profile: string, keys: OpenKeys['byPurpose'], vaultKey: Buffer): VaultContent['keys'] {
  return Object.fromEntries(
    [...keys].map(([purpose, { current, next }]) => [purpose, { wrapped: wrapKey(current, vaultKey, keyLabel(profile, purpose)), ...(next ? { next: wrapKey(next, vaultKey, nextLabel(profile, purpose)) } : {}) }]),
  )
}

function unwrapAll({ profile, keys }: VaultContent, vaultKey: Buffer): OpenKeys['byPurpose'] | null {
  const all: OpenKeys['byPurpose'] = new Map()
  for (const [purpose, entry] of Object.entries(keys)) {
    const current = unwrapKey(entry.wrapped, vaultKey, keyLabel(profile, purpose))
    const next = entry.next === undefined ? null : unwrapKey(entry.next, vaultKey, nextLabel(profile, purpose))
    if (!current || (entry.next !== undefined && !next)) return null
    all.set(purpose, { current, next })
  }
  return all
}
