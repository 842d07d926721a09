import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

export const keyBytes = 32
const nonceBytes = 12
const tagBytes = 16
const cipher = 'aes-256-gcm'

/** `key` encrypted with `wrapping` (32 bytes, AES-256-GCM) for one place alone, which `label` names; in base64. */
export function wrapKey(key: Uint8Array, wrapping: Uint8Array, label: string): string {
  const nonce = randomBytes(nonceBytes)
  const encryption = createCipheriv(cipher, wrapping, nonce).setAAD(Buffer.from(label))
  const body = Buffer.concat([encryption.update(key), encryption.final()])
  return Buffer.concat([nonce, encryption.getAuthTag(), body]).toString('base64')
}

/** Null where `wrapping` is another key, the label another place, or a byte was changed. */
export function unwrapKey(wrapped: string, wrapping: Uint8Array, label: string): Buffer | null {
  const bytes = Buffer.from(wrapped, 'base64')
  if (bytes.length !== nonceBytes + tagBytes + keyBytes || wrapping.length !== keyBytes) return null
  const decryption = createDecipheriv(cipher, wrapping, bytes.subarray(0, nonceBytes)).setAAD(Buffer.from(label)).setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes))
  try {
    return Buffer.concat([decryption.update(bytes.subarray(nonceBytes + tagBytes)), decryption.final()])
  } catch {
    return null
  }
}
