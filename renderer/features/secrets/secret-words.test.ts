import { describe, expect, it } from 'vitest'
import type { Secret } from '#shared/contract/secrets.ts'
import { dayOf, dayWords, endOfDay, keptWords, stateWords, usesWords } from './secret-words.ts'

const now = new Date('2026-11-21T12:00:00')
const secret = (change: Partial<Secret>): Secret => ({ name: 'a', description: '', createdAt: now, rotatedAt: null, expiresAt: null, lastUsedAt: null, uses: 0, state: 'valid', ...change })

describe('words about secrets', () => {
  it('names what opens the vault, and calls a key file what it is', () => {
    expect(keptWords({ isProtected: true, slots: [{ kind: 'passphrase', backend: null }, { kind: 'keychain', backend: 'GNOME Keyring' }] }).text).toBe('Kept in the vault; its key is in GNOME Keyring.')
    expect(keptWords({ isProtected: true, slots: [{ kind: 'passphrase', backend: null }] }).text).toMatch(/wrapped by your passphrase/)
    expect(keptWords({ isProtected: false, slots: [{ kind: 'file', backend: null }] })).toEqual({ text: 'Kept in the vault; its key lies in an unprotected key file beside it.', isProtected: false })
    expect(keptWords(null).text).toBe('Kept in the vault.')
  })

  it('says when one ends, and how it is used', () => {
    expect(stateWords(secret({}))).toEqual({ text: 'valid', tone: 'ok' })
    expect(stateWords(secret({ state: 'expires-soon', expiresAt: new Date('2026-11-24T12:00:00') }), now)).toEqual({ text: 'ends in 3 days', tone: 'warn' })
    expect(stateWords(secret({ state: 'expires-soon', expiresAt: new Date('2026-11-21T13:00:00') }), now).text).toBe('ends within a day')
    expect(stateWords(secret({ state: 'expired', expiresAt: new Date('2026-11-01') }), now).tone).toBe('error')
    expect(stateWords(secret({ expiresAt: new Date('2027-11-01') }), now).text).toBe('valid')
    expect(usesWords(secret({}))).toBe('never')
    expect(usesWords(secret({ uses: 1, lastUsedAt: new Date('2020-01-02') }))).toBe('1 time, last 2 January 2020')
  })

  it('takes a day as its end, here', () => {
    expect(dayOf(endOfDay('2027-01-31'))).toBe('2027-01-31')
    expect(endOfDay('')).toBeNull()
    expect(endOfDay('2027-99-99')).toBeNull()
    expect([dayOf(null), dayWords(null), dayWords(new Date('2027-01-31T12:00:00'))]).toEqual(['', 'never', '31 Jan 2027'])
  })
})
