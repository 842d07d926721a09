import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

const algorithm = 'aes-256-gcm'
const nonceBytes = 12
const tagBytes = 16

/** `value` under a 32-byte key, bound to `context`: nonce, ciphertext and tag in one. */
export function seal(key: Buffer, context: string, value: Uint8Array): Buffer {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv(algorithm, key, nonce)
  cipher.setAAD(Buffer.from(context))
  return Buffer.concat([nonce, cipher.update(value), cipher.final(), cipher.getAuthTag()])
}

/** Null where key or context is another one, or a byte was changed. Whoever gets a value fills it with zeros after use. */
export function unseal(key: Buffer, context: string, sealed: Uint8Array): Buffer | null {
  if (sealed.length < nonceBytes + tagBytes) return null
  const decipher = createDecipheriv(algorithm, key, sealed.subarray(0, nonceBytes), { authTagLength: tagBytes })
  decipher.setAAD(Buffer.from(context))
  decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes))
  const value = decipher.update(sealed.subarray(nonceBytes, sealed.length - tagBytes))
  try {
    // A stream cipher has nothing left to say; this checks the tag.
    decipher.final()
    return value
  } catch {
    value.fill(0)
    return null
  }
}
