import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { quickPassphraseCost } from '../../../tests/support/quick-passphrase-cost.ts'
import { FakeClock } from '../clock/fake-clock.ts'
import { FakeKeychain } from '../keychain/fake-keychain.ts'
import { openVault, type OpenedVault } from './open-vault.ts'
import { makeRecoveryCode } from './recovery-code.ts'
import { keyPurposes } from './vault.ts'

let folder: string
let keychain: FakeKeychain
let clock: FakeClock
beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'slots-'))
  keychain = new FakeKeychain()
  keychain.mode = 'absent'
  clock = new FakeClock()
})
afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true })
})

const first = 'four words of nonsense'
const second = 'four other words here'
const at = (name: string): string => join(folder, name)
const open = async (): Promise<OpenedVault> => await openVault(folder, { keychain, clock, cost: quickPassphraseCost })
const keysOf = ({ vault }: OpenedVault): string[] => keyPurposes.map(purpose => vault.key(purpose).toString('hex'))
const kinds = ({ slots }: OpenedVault): string[] => slots.slots.map(slot => slot.kind).sort()
const code = (name: string, data?: object) => expect.objectContaining({ code: name, ...(data ? { data } : {}) })

describe('the ways to the key', () => {
  it('puts a passphrase in the place of the key file, and changes it only with the current one', async () => {
    const vault = await open()
    const keys = keysOf(vault)
    await vault.slots.setPassphrase(first, null)
    expect(kinds(vault)).toEqual(['passphrase'])
    expect(fs.existsSync(at('vault.key'))).toBe(false)
    await expect(vault.slots.setPassphrase(second, null)).rejects.toEqual(code('VAULT_WRONG_PASSPHRASE', { retryMilliseconds: 0 }))
    await vault.slots.setPassphrase(second, first)
    const again = await open()
    await expect(again.slots.unlock(first)).rejects.toEqual(code('VAULT_WRONG_PASSPHRASE'))
    await again.slots.unlock(second)
    expect(keysOf(again)).toEqual(keys)
  })

  it('makes a slot that opens the vault though that is locked meanwhile', async () => {
    const vault = await open()
    const keys = keysOf(vault)
    await vault.slots.makeRecoveryCode()
    const made = vault.slots.setPassphrase(first, null)
    await Promise.resolve()
    vault.slots.lock()
    await made
    const again = await open()
    await again.slots.unlock(first)
    expect(keysOf(again)).toEqual(keys)
  })

  it('opens with the recovery code however it is typed, once, and gives a new one', async () => {
    const vault = await open()
    const keys = keysOf(vault)
    const written = await vault.slots.makeRecoveryCode()
    await vault.slots.remove('file')
    const moved = await open()
    expect(moved.slots.vault.reason).toBe('recovery-code-needed')
    await expect(moved.slots.recover(`${written.slice(0, -1)}${written.endsWith('0') ? '1' : '0'}`)).rejects.toEqual(code('VAULT_CODE_MISTYPED'))
    const next = await moved.slots.recover(` ${written.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l')} `)
    expect(keysOf(moved)).toEqual(keys)
    const again = await open()
    await expect(again.slots.recover(written)).rejects.toEqual(code('VAULT_WRONG_CODE'))
    await again.slots.recover(next ?? '')
    expect(keysOf(again)).toEqual(keys)
  })

  it('moves from the key file to a keychain that came later, and back out of it', async () => {
    const vault = await open()
    const keys = keysOf(vault)
    await expect(vault.slots.useKeychain()).rejects.toEqual(code('KEYCHAIN_UNAVAILABLE', { reason: 'absent' }))
    expect(kinds(vault)).toEqual(['file'])
    keychain.mode = 'works'
    await vault.slots.useKeychain()
    await vault.slots.useKeychain()
    expect(kinds(vault)).toEqual(['keychain'])
    expect(keychain.entries.size).toBe(1)
    expect(keysOf(await open())).toEqual(keys)
    await expect(vault.slots.remove('keychain')).rejects.toEqual(code('VAULT_LAST_SLOT'))
    await vault.slots.setPassphrase(first, null)
    expect(kinds(vault)).toEqual(['keychain', 'passphrase'])
    await vault.slots.remove('keychain')
    expect(keychain.entries.size).toBe(0)
    await expect(vault.slots.remove('keychain')).rejects.toEqual(code('VAULT_SLOT_MISSING'))
  })

  it('sets up the keychain of another machine, for a profile that was copied there', async () => {
    keychain.mode = 'works'
    const vault = await open()
    const written = await vault.slots.makeRecoveryCode()
    const keys = keysOf(vault)
    keychain = new FakeKeychain()
    const copied = await open()
    expect(copied.slots.vault.reason).toBe('keychain-entry-missing')
    await copied.slots.recover(written)
    await copied.slots.useKeychain()
    expect(keychain.entries.size).toBe(1)
    expect(keysOf(await open())).toEqual(keys)
  })

  it('renews the key of the vault and every secret, and keeps the keys it wraps', async () => {
    keychain.mode = 'works'
    const vault = await open()
    await vault.slots.setPassphrase(first, null)
    const written = await vault.slots.makeRecoveryCode()
    const keys = keysOf(vault)
    const before = { content: fs.readFileSync(at('vault.json'), 'utf8'), secrets: [...keychain.entries.values()], vaultKey: Buffer.from(vault.slots.vault.vaultKey) }
    await expect(vault.slots.rotate(second)).rejects.toEqual(code('VAULT_WRONG_PASSPHRASE'))
    const next = await vault.slots.rotate(first)
    expect(next).not.toBe(written)
    expect(vault.slots.vault.vaultKey).not.toEqual(before.vaultKey)
    expect(keychain.entries.size).toBe(1)
    expect(before.secrets).not.toContain([...keychain.entries.values()][0])
    expect(keysOf(await open())).toEqual(keys)
    // Old secrets open nothing of the new file.
    keychain.mode = 'absent'
    const again = await open()
    await expect(again.slots.recover(written)).rejects.toEqual(code('VAULT_WRONG_CODE'))
    await again.slots.recover(next ?? '')
    expect(keysOf(again)).toEqual(keys)
  })

  it('renews a key file too, and takes up a renewal that was cut short before the file had its name', async () => {
    const vault = await open()
    const keys = keysOf(vault)
    const old = fs.readFileSync(at('vault.key'))
    expect(await vault.slots.rotate(null)).toBeNull()
    expect(fs.readFileSync(at('vault.key'))).not.toEqual(old)
    fs.renameSync(at('vault.key'), at('vault.key.next'))
    fs.writeFileSync(at('vault.key'), old)
    const again = await open()
    expect(keysOf(again)).toEqual(keys)
    await again.slots.rotate(null)
    expect(fs.existsSync(at('vault.key.next'))).toBe(false)
    expect(keysOf(await open())).toEqual(keys)
  })

  it('renews one key so that either opens until all is encrypted anew', async () => {
    const { vault } = await open()
    const old = vault.key('database')
    let seen: Buffer[] = []
    await expect(vault.renew('database', () => {
      seen = vault.candidates('database')
      throw new Error('killed on the way')
    })).rejects.toThrow('killed')
    expect(seen).toHaveLength(2)
    expect(seen[0]).toEqual(old)
    const again = (await open()).vault
    expect(again.candidates('database')).toEqual(seen)
    await expect(again.renew('database', () => undefined)).rejects.toEqual(code('STORAGE_LOCKED'))
    again.settle('database', seen[1] ?? old)
    expect(again.key('database')).toEqual(seen[1])
    const last = (await open()).vault
    expect(last.candidates('database')).toEqual([seen[1]])
    let applied: Buffer | null = null
    await last.renew('database', next => void (applied = next))
    expect(last.key('database')).toEqual(applied)
    expect((await open()).vault.key('database')).toEqual(applied)
  })

  it('keeps the keys of the audit log and of signatures through every change of its doors', async () => {
    const vault = await open()
    const [audit, signing] = [vault.vault.key('audit'), vault.vault.key('signing')]
    await vault.slots.setPassphrase(first, null)
    const written = await vault.slots.makeRecoveryCode()
    await vault.slots.rotate(first)
    await vault.vault.renew('database', () => undefined)
    keychain.mode = 'works'
    await vault.slots.useKeychain()
    await vault.slots.remove('passphrase')
    expect(written).not.toBe('')
    const again = (await open()).vault
    expect([again.key('audit'), again.key('signing')]).toEqual([audit, signing])
    // @ts-expect-error -- a caller that asks for it does not compile
    const refused = (): unknown => again.renew('audit', () => undefined)
    expect(refused).toBeTypeOf('function')
  })

  it('locks and lets go of the keys, and tells of both', async () => {
    const { vault, slots } = await open()
    expect(() => slots.lock()).toThrow(code('VAULT_NOTHING_TO_UNLOCK'))
    await slots.setPassphrase(first, null)
    const states: boolean[] = []
    vault.onChange(() => states.push(vault.isOpen))
    const held = slots.vault.vaultKey
    slots.lock()
    expect(held.every(byte => byte === 0)).toBe(true)
    expect(() => vault.key('audit')).toThrow(code('STORAGE_LOCKED'))
    await expect(slots.makeRecoveryCode()).rejects.toEqual(code('STORAGE_LOCKED'))
    await expect(slots.remove('passphrase')).rejects.toEqual(code('VAULT_LAST_SLOT'))
    await slots.unlock(first)
    expect(states).toEqual([false, true])
  })

  it('loses nothing to another process that changed the slots', async () => {
    const one = await open()
    const other = await open()
    await one.slots.setPassphrase(first, null)
    await expect(other.slots.makeRecoveryCode()).rejects.toEqual(code('FILE_NOT_WRITABLE'))
    expect((await open()).slots.vault.reason).toBe('passphrase-needed')
  })

  it('changes nothing where the disk refuses', async () => {
    const vault = await open()
    fs.rmSync(at('vault.json.bak'))
    fs.mkdirSync(at('vault.json.bak'))
    const before = fs.readFileSync(at('vault.json'), 'utf8')
    await expect(vault.slots.setPassphrase(first, null)).rejects.toEqual(code('FILE_NOT_WRITABLE'))
    expect(fs.readFileSync(at('vault.json'), 'utf8')).toBe(before)
    expect(kinds(vault)).toEqual(['file'])
    expect(fs.existsSync(at('vault.key'))).toBe(true)
    expect(fs.readdirSync(folder).filter(name => name.endsWith('.tmp'))).toEqual([])
  })
})

describe('guessing', () => {
  it('waits longer from the fourth try on, over restarts, and a clock that is set back does not shorten it', async () => {
    const { slots } = await open()
    await slots.setPassphrase(first, null)
    let guessed = await open()
    for (const wait of [0, 0, 2000]) await expect(guessed.slots.unlock('wrong')).rejects.toEqual(code('VAULT_WRONG_PASSPHRASE', { retryMilliseconds: wait }))
    await expect(guessed.slots.unlock(first)).rejects.toEqual(code('VAULT_RATE_LIMITED', { retryMilliseconds: 2000 }))
    guessed = await open()
    await expect(guessed.slots.unlock(first)).rejects.toEqual(code('VAULT_RATE_LIMITED'))
    clock.advance(-365 * 86_400_000)
    guessed = await open()
    await expect(guessed.slots.unlock(first)).rejects.toEqual(code('VAULT_RATE_LIMITED', { retryMilliseconds: 2000 }))
    clock.advance(2000)
    await expect(guessed.slots.unlock('wrong')).rejects.toEqual(code('VAULT_WRONG_PASSPHRASE', { retryMilliseconds: 4000 }))
    clock.advance(4000)
    await guessed.slots.unlock(first)
    expect(guessed.slots.retryMilliseconds).toBe(0)
  })

  it('never waits longer than a quarter of an hour, and takes a damaged count for the free tries', async () => {
    const { slots } = await open()
    await slots.makeRecoveryCode()
    await slots.remove('file')
    fs.writeFileSync(at('vault-attempts.json'), JSON.stringify({ failures: 1000, at: clock.now().getTime(), waitMilliseconds: 0 }))
    await expect((await open()).slots.recover(makeRecoveryCode())).rejects.toEqual(code('VAULT_WRONG_CODE', { retryMilliseconds: 900_000 }))
    fs.writeFileSync(at('vault-attempts.json'), '{ torn')
    await expect((await open()).slots.recover(makeRecoveryCode())).rejects.toEqual(code('VAULT_WRONG_CODE', { retryMilliseconds: 4000 }))
  })
})
