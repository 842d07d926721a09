import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeRecoveryCode, parseRecoveryCode } from './recovery-code.ts'
import { keyBytes, unwrapKey, wrapKey } from './wrap-key.ts'

describe('a recovery code', () => {
  it('is read back in any case and with any separators, and never the same twice', () => {
    const codes = new Set(Array.from({ length: 500 }, makeRecoveryCode))
    expect(codes.size).toBe(500)
    for (const code of codes) {
      expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){8}[0-9A-HJKMNP-TV-Z]{4}$/)
      expect(parseRecoveryCode(code)).toBe(code.replaceAll('-', '').slice(0, 32))
      expect(parseRecoveryCode(code.toLowerCase().replaceAll('-', ' – '))).toBe(parseRecoveryCode(code))
    }
  })

  it('tells one mistyped or two swapped characters, but for a few in a million', () => {
    let missed = 0
    fc.assert(
      fc.property(fc.nat(35), fc.constantFrom(...'0123456789ABCDEFGHJKMNPQRSTVWXYZ'), (place, digit) => {
        const code = makeRecoveryCode().replaceAll('-', '')
        const typed = `${code.slice(0, place)}${digit}${code.slice(place + 1)}`
        if (typed !== code && parseRecoveryCode(typed) !== null) missed++
        const swapped = place < 35 ? `${code.slice(0, place)}${code.charAt(place + 1)}${code.charAt(place)}${code.slice(place + 2)}` : code
        if (swapped !== code && parseRecoveryCode(swapped) !== null) missed++
      }),
      { numRuns: 3000 },
    )
    expect(missed).toBeLessThan(3)
  })

  it('takes no other text for one', () => {
    fc.assert(fc.property(fc.string({ maxLength: 60 }), text => parseRecoveryCode(text) === null))
  })
})

describe('a wrapped key', () => {
  const bytes = fc.uint8Array({ minLength: keyBytes, maxLength: keyBytes })

  it('opens with its key and for its place alone, and not with a bit changed', () => {
    fc.assert(
      fc.property(bytes, bytes, fc.string(), fc.nat(479), (key, wrapping, label, bit) => {
        const wrapped = wrapKey(key, wrapping, label)
        expect(unwrapKey(wrapped, wrapping, label)).toEqual(Buffer.from(key))
        expect(unwrapKey(wrapped, wrapping, `${label}.`)).toBeNull()
        const other = Uint8Array.from(wrapping, (byte, index) => (index === 0 ? byte ^ 1 : byte))
        expect(unwrapKey(wrapped, other, label)).toBeNull()
        const changed = Buffer.from(wrapped, 'base64')
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        expect(unwrapKey(changed.toString('base64'), wrapping, label)).toBeNull()
      }),
      { numRuns: 200 },
    )
  })

  it('is never the same twice, and garbage is none', () => {
    const key = Buffer.alloc(keyBytes)
    expect(wrapKey(key, key, 'a')).not.toBe(wrapKey(key, key, 'a'))
    expect(unwrapKey('', key, 'a')).toBeNull()
    expect(unwrapKey(wrapKey(key, key, 'a'), Buffer.alloc(5), 'a')).toBeNull()
  })
})
