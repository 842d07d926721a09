import { createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto'
import type { Vault } from './vault.ts'

/** What stands before a raw Ed25519 key in DER (RFC 8410). */
const privatePrefix = Buffer.from('302e020100300506032b657004220420', 'hex')
const publicPrefix = Buffer.from('302a300506032b6570032100', 'hex')
const rawBytes = 32

/** An Ed25519 signature of `bytes` with the profile's key, 64 bytes; throws STORAGE_LOCKED while the vault is locked. */
export function signWith(vault: Vault, bytes: Uint8Array): Buffer {
  return sign(null, bytes, privateKey(vault))
}

/** The profile's public key, 32 bytes. */
export function publicKeyOf(vault: Vault): Buffer {
  return createPublicKey(privateKey(vault)).export({ format: 'der', type: 'spki' }).subarray(publicPrefix.length)
}

/** False too for a key or signature that is none. */
export function isSignedBy(publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== rawBytes) return false
  const key = createPublicKey({ key: Buffer.concat([publicPrefix, publicKey]), format: 'der', type: 'spki' })
  return verify(null, bytes, key, signature)
}

/** The first 16 bytes of the key's SHA-256, in groups of four digits that two people can read to each other. */
export function fingerprintOf(publicKey: Uint8Array): string {
  const digits = createHash('sha256').update(publicKey).digest('hex').slice(0, 32)
  return (digits.match(/.{4}/g) ?? []).join(' ')
}

function privateKey(vault: Vault): KeyObject {
  return createPrivateKey({ key: Buffer.concat([privatePrefix, vault.key('signing')]), format: 'der', type: 'pkcs8' })
}
