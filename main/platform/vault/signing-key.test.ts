import { describe, expect, it } from 'vitest'
import { FakeVault } from './fake-vault.ts'
import { fingerprintOf, isSignedBy, publicKeyOf, signWith } from './signing-key.ts'

const vault = new FakeVault()
const text = Buffer.from('what was found')

describe('the signing key', () => {
  it('signs so that the public key alone can check it', () => {
    const publicKey = publicKeyOf(vault)
    expect(publicKey).toHaveLength(32)
    expect(isSignedBy(publicKey, text, signWith(vault, text))).toBe(true)
    expect(isSignedBy(publicKey, Buffer.from('what was hoped'), signWith(vault, text))).toBe(false)
    expect(isSignedBy(Buffer.alloc(3), text, signWith(vault, text))).toBe(false)
    expect(isSignedBy(publicKey, text, Buffer.alloc(3))).toBe(false)
  })

  it('has a fingerprint in groups of four', () => {
    expect(fingerprintOf(publicKeyOf(vault))).toMatch(/^([0-9a-f]{4} ){7}[0-9a-f]{4}$/)
  })

  it('is locked with the vault', () => {
    expect(() => signWith(new FakeVault({ isOpen: false }), text)).toThrow('STORAGE_LOCKED')
  })
})
