import { createHash, hkdfSync, randomBytes } from 'node:crypto'
import { keyBytes } from './wrap-key.ts'

/** Crockford's digits: none that look alike, and no U. */
const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const secretDigits = 32
const checkDigits = 4
const groupLength = 4

/** A new code of 160 random bits in groups of four, the last of which finds a slip of the pen. */
export function makeRecoveryCode(): string {
  // 256 is a multiple of 32: every digit is as likely as the others.
  const secret = [...randomBytes(secretDigits)].map(byte => digits.charAt(byte % digits.length)).join('')
  return (`${secret}${checkOf(secret)}`.match(new RegExp(`.{${groupLength}}`, 'g')) ?? []).join('-')
}

/** The digits of a code as it was typed, in any case, with any spaces and dashes, O for 0, I and L for 1; null where it cannot be right. */
export function parseRecoveryCode(typed: string): string | null {
  const plain = typed.toUpperCase().replace(/[\s\p{Dash}]/gu, '').replaceAll('O', '0').replace(/[IL]/g, '1')
  if (plain.length !== secretDigits + checkDigits || [...plain].some(digit => !digits.includes(digit))) return null
  const secret = plain.slice(0, secretDigits)
  return checkOf(secret) === plain.slice(secretDigits) ? secret : null
}

/** The key that wraps the vault's key; the code is random enough that nothing has to slow down guessing. */
export function recoveryKey(secret: string, salt: Uint8Array): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, salt, 'cortex recovery code', keyBytes))
}

function checkOf(secret: string): string {
  return [...createHash('sha256').update(`cortex recovery code ${secret}`).digest().subarray(0, checkDigits)].map(byte => digits.charAt(byte % digits.length)).join('')
}
