import { randomBytes, randomUUID } from 'node:crypto'
import fs from 'node:fs'
import { join } from 'node:path'
import type { LockReason } from '#shared/contract/vault.ts'
import { isAppError } from '#shared/errors.ts'
import { systemClock, type Clock } from '../clock/clock.ts'
import { beginHead } from '../audit/audit-head.ts'
import { absentKeychain } from '../keychain/absent-keychain.ts'
import { startLimitMilliseconds, type Keychain } from '../keychain/keychain.ts'
import { AttemptLimit } from './attempt-limit.ts'
import { KeptVault, newKeys, wrapNewKeys } from './kept-vault.ts'
import { keyFilePaths, makeFileSlot, makeKeychainSlot, makePassphraseSlot } from './key-slots.ts'
import { passphraseCost } from './passphrase-cost.ts'
import type { Vault } from './vault.ts'
import { loadVault, saveVault, type KeySlot, type VaultContent } from './vault-file.ts'
import { VaultSlots } from './vault-slots.ts'
import { keyBytes } from './wrap-key.ts'
import { readIfThere, removeDurably } from './write-durably.ts'

interface Options {
  keychain?: Keychain
  clock?: Clock
  /** Given over a descriptor: opens the vault where nothing else does, and protects one that is new in place of a key file. */
  passphrase?: string | null
  /** N of scrypt for a passphrase that is set. */
  cost?: number
}

export interface OpenedVault {
  vault: Vault
  slots: VaultSlots
}

/**
 * The vault of the profile in `folder`, whose lock this process holds. Made where nothing is kept yet; else opened by what opens it, or locked: then nothing
 * is made, changed or deleted. Throws VAULT_PASSPHRASE_WEAK for a new one.
 */
export async function openVault(folder: string, { keychain = absentKeychain, clock = systemClock, passphrase = null, cost = passphraseCost }: Options = {}): Promise<OpenedVault> {
  const loaded = await loadOrMake(folder, { keychain, clock, passphrase, cost })
  const vault = typeof loaded === 'string' ? new KeptVault(folder, null, loaded) : new KeptVault(folder, loaded, 'passphrase-needed')
  const slots = new VaultSlots({ vault, keychain, limit: new AttemptLimit(folder, clock), clock, cost })
  const isOpen = await slots.openAlone()
  // A wrong one leaves it locked; the reason that is shown is why a passphrase was needed.
  if (!isOpen && passphrase !== null && slots.has('passphrase')) await slots.unlock(passphrase).catch(() => undefined)
  if (vault.isOpen) tidyKeyFiles(folder, vault, slots)
  return { vault, slots }
}

async function loadOrMake(folder: string, options: Required<Options>): Promise<VaultContent | LockReason> {
  try {
    const loaded = loadVault(folder)
    if (loaded.status === 'damaged') return 'vault-damaged'
    if (loaded.status === 'newer') return 'vault-newer'
    if (loaded.status === 'read') {
      if (!loaded.isWhole) saveCopy(folder, loaded.content)
      return loaded.content
    }
    const databaseKey = readIfThere(oldKeyPath(folder))
    const isKept = hasDatabase(folder)
    // A first start that was cut short may have left a part of a key, which nothing was encrypted with yet.
    if (isKept && databaseKey?.length !== keyBytes) return databaseKey ? 'key-file-damaged' : 'vault-missing'
    return await makeVault(folder, isKept ? databaseKey : null, options)
  } catch (error) {
    if (isAppError(error) && error.code === 'VAULT_PASSPHRASE_WEAK') throw error
    return isAppError(error) ? 'vault-not-writable' : 'vault-unreadable'
  }
}

async function makeVault(folder: string, databaseKey: Buffer | null, options: Required<Options>): Promise<VaultContent> {
  const profile = randomUUID()
  const vaultKey = randomBytes(keyBytes)
  const slot = await firstSlot(folder, profile, vaultKey, options)
  const keys = newKeys(databaseKey ? { database: databaseKey } : {})
  const content: VaultContent = { version: 1, profile, revision: 0, slots: [slot], keys: wrapNewKeys(profile, vaultKey, keys) }
  beginHead(join(folder, 'audit.head'), keys.audit)
  saveVault(folder, content)
  return content
}

/** The best there is without asking anybody. */
async function firstSlot(folder: string, profile: string, vaultKey: Buffer, { keychain, clock, passphrase, cost }: Required<Options>): Promise<KeySlot> {
  const now = clock.now()
  if (passphrase !== null) return await makePassphraseSlot(vaultKey, profile, passphrase, now, cost)
  try {
    return await makeKeychainSlot(vaultKey, profile, profile, keychain, now, { limitMilliseconds: startLimitMilliseconds })
  } catch {
    return makeFileSlot(vaultKey, profile, keyFilePaths(folder)[0], now)
  }
}

const oldKeyPath = (folder: string): string => join(folder, 'cortex.key')

/** Whether anything lies there that was encrypted: the database, one that was set aside, or a backup. */
function hasDatabase(folder: string): boolean {
  const isFilled = (path: string): boolean => (fs.statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0
  const names = fs.readdirSync(folder).filter(name => name.startsWith('cortex.db')).map(name => join(folder, name))
  const backups = join(folder, 'backups')
  return names.some(isFilled) || (fs.existsSync(backups) && fs.readdirSync(backups).length > 0)
}

/** Removes key files that open nothing any more: the raw key from before the vault, once that holds it, and what a removed slot left at a kill. */
function tidyKeyFiles(folder: string, vault: Vault, slots: VaultSlots): void {
  try {
    if (!slots.has('file')) for (const path of keyFilePaths(folder).filter(path => fs.existsSync(path))) removeDurably(path)
    const old = readIfThere(oldKeyPath(folder))
    if (old && (vault.candidates('database').some(key => key.equals(old)) || old.length !== keyBytes)) removeDurably(oldKeyPath(folder))
  } catch {
    // It opens no less with it, and the next start tries again.
  }
}

function saveCopy(folder: string, content: VaultContent): void {
  try {
    saveVault(folder, content)
  } catch {
    // What was read holds as it is.
  }
}
