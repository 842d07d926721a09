import { randomBytes, scrypt } from 'node:crypto'
import { renameSync } from 'node:fs'
import { join } from 'node:path'
import type { LockReason } from '#shared/contract/vault.ts'
import { AppError } from '#shared/errors.ts'
import { writeError } from '../files/file-errors.ts'
import type { Keychain, KeychainCall } from '../keychain/keychain.ts'
import { makeRecoveryCode, parseRecoveryCode, recoveryKey } from './recovery-code.ts'
import type { KeySlot, SlotKind } from './vault-file.ts'
import { keyBytes, unwrapKey, wrapKey } from './wrap-key.ts'
import { readIfThere, syncFolder, writeDurably } from './write-durably.ts'

const service = 'Cortex'
const saltBytes = 16
export const leastPassphraseCharacters = 12

type Slot<K extends SlotKind> = Extract<KeySlot, { kind: K }>

const labelOf = (profile: string, kind: SlotKind): string => `cortex vault ${profile} slot ${kind}`

/** What the key file of a profile is called; the other one stands beside it while the key is renewed. */
export const keyFilePaths = (folder: string): readonly [string, string] => [join(folder, 'vault.key'), join(folder, 'vault.key.next')]

/** Stores a new secret under `account`, reads it back, and wraps with it. Throws KEYCHAIN_UNAVAILABLE. */
export async function makeKeychainSlot(key: Uint8Array, profile: string, account: string, keychain: Keychain, now: Date, call: KeychainCall): Promise<Slot<'keychain'>> {
  const backend = await keychain.name(call)
  if (backend === null) throw new AppError('KEYCHAIN_UNAVAILABLE', { reason: 'absent' })
  const secret = randomBytes(keyBytes)
  await keychain.setPassword(service, account, secret.toString('hex'), call)
  if ((await keychain.getPassword(service, account, call)) !== secret.toString('hex')) throw new AppError('KEYCHAIN_UNAVAILABLE', { reason: 'refused' })
  return { kind: 'keychain', createdAt: now.toISOString(), wrapped: wrapKey(key, secret, labelOf(profile, 'keychain')), backend, account }
}

/** The vault's key, or why the keychain does not give it. */
export async function openKeychainSlot(slot: Slot<'keychain'>, profile: string, keychain: Keychain, call: KeychainCall): Promise<Buffer | LockReason> {
  try {
    const secret = await keychain.getPassword(service, slot.account, call)
    return (secret === null ? null : unwrapKey(slot.wrapped, Buffer.from(secret, 'hex'), labelOf(profile, 'keychain'))) ?? 'keychain-entry-missing'
  } catch (error) {
    return error instanceof AppError && error.code === 'KEYCHAIN_UNAVAILABLE' ? `keychain-${(error as AppError<'KEYCHAIN_UNAVAILABLE'>).data.reason}` : 'keychain-refused'
  }
}

/** Takes an entry out of the keychain. Throws KEYCHAIN_UNAVAILABLE where it stays: it opens the copies of `vault.json` that were made with it. */
export async function forgetKeychainEntry(slot: Slot<'keychain'>, keychain: Keychain, call: KeychainCall): Promise<void> {
  await keychain.deletePassword(service, slot.account, call)
}

/** The same; false where it stays. */
export async function forgetIfPossible(slot: Slot<'keychain'>, keychain: Keychain, call: KeychainCall): Promise<boolean> {
  return await forgetKeychainEntry(slot, keychain, call).then(() => true, () => false)
}

export async function makePassphraseSlot(key: Uint8Array, profile: string, passphrase: string, now: Date, cost: number): Promise<Slot<'passphrase'>> {
  if ([...passphrase].length < leastPassphraseCharacters) throw new AppError('VAULT_PASSPHRASE_WEAK', { leastCharacters: leastPassphraseCharacters })
  const salt = randomBytes(saltBytes)
  const wrapped = wrapKey(key, await stretch(passphrase, salt, cost), labelOf(profile, 'passphrase'))
  return { kind: 'passphrase', createdAt: now.toISOString(), wrapped, salt: salt.toString('base64'), cost }
}

/** Null where it is another passphrase. */
export async function openPassphraseSlot(slot: Slot<'passphrase'>, profile: string, passphrase: string): Promise<Buffer | null> {
  return unwrapKey(slot.wrapped, await stretch(passphrase, Buffer.from(slot.salt, 'base64'), slot.cost), labelOf(profile, 'passphrase'))
}

export function makeRecoverySlot(key: Uint8Array, profile: string, now: Date): { slot: Slot<'recovery'>; code: string } {
  const code = makeRecoveryCode()
  const salt = randomBytes(saltBytes)
  // A code that was just made can be read.
  const wrapping = recoveryKey(parseRecoveryCode(code) as string, salt)
  return { slot: { kind: 'recovery', createdAt: now.toISOString(), wrapped: wrapKey(key, wrapping, labelOf(profile, 'recovery')), salt: salt.toString('base64') }, code }
}

/** Null where it is another code. `secret` comes from `parseRecoveryCode`. */
export function openRecoverySlot(slot: Slot<'recovery'>, profile: string, secret: string): Buffer | null {
  return unwrapKey(slot.wrapped, recoveryKey(secret, Buffer.from(slot.salt, 'base64')), labelOf(profile, 'recovery'))
}

/** Writes a new key file to `path` and wraps with it. Throws DISK_FULL or FILE_NOT_WRITABLE. */
export function makeFileSlot(key: Uint8Array, profile: string, path: string, now: Date): Slot<'file'> {
  const secret = randomBytes(keyBytes)
  try {
    writeDurably(path, secret)
  } catch (error) {
    throw writeError(error, path)
  }
  return { kind: 'file', createdAt: now.toISOString(), wrapped: wrapKey(key, secret, labelOf(profile, 'file')) }
}

export function openFileSlot(slot: Slot<'file'>, profile: string, folder: string): Buffer | LockReason {
  try {
    const found = keyFilePaths(folder).flatMap(path => readIfThere(path) ?? [])
    for (const secret of found) {
      const key = unwrapKey(slot.wrapped, secret, labelOf(profile, 'file'))
      if (key) return key
    }
    return found.length === 0 ? 'key-file-missing' : 'key-file-damaged'
  } catch {
    return 'vault-unreadable'
  }
}

/** Gives the key file its name where a rotation was cut short after `vault.json` was written, so that the next one cannot overwrite it. */
export function settleKeyFile(slot: Slot<'file'>, profile: string, folder: string): void {
  const [path, next] = keyFilePaths(folder)
  const secret = readIfThere(next)
  if (!secret || !unwrapKey(slot.wrapped, secret, labelOf(profile, 'file'))) return
  renameSync(next, path)
  syncFolder(folder)
}

function stretch(passphrase: string, salt: Uint8Array, cost: number): Promise<Buffer> {
  // The same letters may be typed as other code points on another keyboard.
  const text = passphrase.normalize('NFKC')
  return new Promise((resolve, reject) => {
    scrypt(text, salt, keyBytes, { N: cost, r: 8, p: 1, maxmem: 129 * cost * 8 + 1024 * 1024 }, (error, key) => {
      if (error) reject(error)
      else resolve(key)
    })
  })
}
