import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeClock } from '../clock/fake-clock.ts'
import { FakeKeychain } from '../keychain/fake-keychain.ts'
import { openVault, type OpenedVault } from './open-vault.ts'
import { keyPurposes } from './vault.ts'

let folder: string
beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'vault-'))
})
afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true })
})

const at = (name: string): string => join(folder, name)
const passphrase = 'four words of nonsense'
const keysOf = ({ vault }: OpenedVault): string[] => keyPurposes.map(purpose => vault.key(purpose).toString('hex'))
const kinds = ({ slots }: OpenedVault): string[] => slots.slots.map(slot => slot.kind)
/** The profile holds something that was encrypted. */
const keepSomething = (): void => fs.writeFileSync(at('cortex.db'), 'encrypted')
const snapshot = (): Record<string, string> => Object.fromEntries(fs.readdirSync(folder).filter(name => name !== 'vault-attempts.json').sort().map(name => [name, fs.readFileSync(at(name), 'hex')]))

describe('a first start', () => {
  it('keeps the key in the keychain where one works, and writes no key file', async () => {
    const keychain = new FakeKeychain()
    const first = await openVault(folder, { keychain })
    expect(kinds(first)).toEqual(['keychain'])
    expect(first.slots.slots[0]).toMatchObject({ backend: 'Fake keychain' })
    expect(fs.readdirSync(folder).sort()).toEqual(['audit.head', 'vault.json', 'vault.json.bak'])
    const [account = ''] = [...keychain.entries.keys()].map(entry => entry.split('\n')[1])
    expect(JSON.parse(fs.readFileSync(at('vault.json'), 'utf8'))).toMatchObject({ profile: account })
    const again = await openVault(folder, { keychain })
    expect(keysOf(again)).toEqual(keysOf(first))
    expect(new Set(keysOf(first)).size).toBe(keyPurposes.length)
  })

  it.each(['absent', 'locked', 'hangs', 'fails'] as const)('falls back to a key file for the owner alone where the keychain is %s', async mode => {
    const keychain = new FakeKeychain()
    keychain.mode = mode
    const first = await openVault(folder, { keychain })
    expect(kinds(first)).toEqual(['file'])
    if (process.platform !== 'win32') for (const name of ['vault.key', 'vault.json', 'vault.json.bak']) expect(fs.statSync(at(name)).mode & 0o777).toBe(0o600)
    expect(keysOf(await openVault(folder, { keychain }))).toEqual(keysOf(first))
  })

  it('takes a passphrase that was handed over in place of a key file', async () => {
    const first = await openVault(folder, { passphrase })
    expect(kinds(first)).toEqual(['passphrase'])
    expect(fs.existsSync(at('vault.key'))).toBe(false)
    const locked = await openVault(folder)
    expect(locked.slots.vault.reason).toBe('passphrase-needed')
    expect(() => locked.vault.key('database')).toThrow(expect.objectContaining({ code: 'STORAGE_LOCKED' }))
    expect(keysOf(await openVault(folder, { passphrase }))).toEqual(keysOf(first))
    await expect(openVault(fs.mkdtempSync(at('other-')), { passphrase: 'short' })).rejects.toMatchObject({ code: 'VAULT_PASSPHRASE_WEAK' })
  })

  it('keeps opening a profile that has a raw key from before the vault, and removes that once the vault holds it', async () => {
    keepSomething()
    fs.writeFileSync(at('cortex.key'), Buffer.alloc(32, 7))
    const opened = await openVault(folder)
    expect(opened.vault.key('database')).toEqual(Buffer.alloc(32, 7))
    expect(fs.existsSync(at('cortex.key'))).toBe(false)
    expect((await openVault(folder)).vault.key('database')).toEqual(Buffer.alloc(32, 7))
  })

  it('takes up a move to the vault that a kill cut short, and leaves a raw key that it does not hold', async () => {
    keepSomething()
    fs.writeFileSync(at('cortex.key'), Buffer.alloc(32, 7))
    await openVault(folder)
    fs.writeFileSync(at('cortex.key'), Buffer.alloc(32, 7))
    await openVault(folder)
    expect(fs.existsSync(at('cortex.key'))).toBe(false)
    fs.writeFileSync(at('cortex.key'), Buffer.alloc(32, 8))
    await openVault(folder)
    expect(fs.existsSync(at('cortex.key'))).toBe(true)
  })

  it('starts anew where one before it was cut short', async () => {
    fs.writeFileSync(at('cortex.key'), 'part of a key')
    fs.writeFileSync(at('vault.key'), 'part of another')
    fs.writeFileSync(at('cortex.db'), '')
    expect((await openVault(folder)).vault.isOpen).toBe(true)
  })
})

describe('a vault that cannot be opened', () => {
  it('is locked with its reason, makes no key and deletes nothing', async () => {
    const keychain = new FakeKeychain()
    await openVault(folder, { keychain })
    keepSomething()
    const before = snapshot()
    const reasons = { absent: 'keychain-absent', locked: 'keychain-locked', hangs: 'keychain-no-answer', fails: 'keychain-refused' } as const
    for (const [mode, reason] of Object.entries(reasons)) {
      keychain.mode = mode as keyof typeof reasons
      const { vault, slots } = await openVault(folder, { keychain })
      expect(vault.isOpen).toBe(false)
      expect(slots.vault.reason).toBe(reason)
    }
    expect((await openVault(folder, { keychain: new FakeKeychain() })).slots.vault.reason).toBe('keychain-entry-missing')
    expect(snapshot()).toEqual(before)
    keychain.mode = 'works'
    expect((await openVault(folder, { keychain })).vault.isOpen).toBe(true)
  })

  it('says what became of its files', async () => {
    await openVault(folder)
    keepSomething()
    const whole = snapshot()
    const restore = (): void => Object.entries(whole).forEach(([name, bytes]) => fs.writeFileSync(at(name), bytes, 'hex'))
    const reason = async () => (await openVault(folder)).slots.vault.reason
    fs.rmSync(at('vault.key'))
    expect(await reason()).toBe('key-file-missing')
    fs.writeFileSync(at('vault.key'), 'x')
    expect(await reason()).toBe('key-file-damaged')
    restore()
    for (const name of ['vault.json', 'vault.json.bak']) fs.writeFileSync(at(name), '{ torn')
    expect(await reason()).toBe('vault-damaged')
    for (const name of ['vault.json', 'vault.json.bak']) fs.writeFileSync(at(name), JSON.stringify({ version: 2 }))
    expect(await reason()).toBe('vault-newer')
    for (const name of ['vault.json', 'vault.json.bak']) fs.rmSync(at(name))
    expect(await reason()).toBe('vault-missing')
    expect(fs.existsSync(at('vault.json'))).toBe(false)
    fs.writeFileSync(at('cortex.key'), 'torn')
    expect(await reason()).toBe('key-file-damaged')
    restore()
    fs.rmSync(at('vault.json'))
    fs.mkdirSync(at('vault.json'))
    expect(await reason()).toBe('vault-unreadable')
    fs.rmdirSync(at('vault.json'))
    restore()
    expect(await reason()).toBeNull()
  })

  it('opens by the copy of vault.json, and mends that', async () => {
    const first = keysOf(await openVault(folder))
    for (const damage of ['', '{ torn', JSON.stringify({ version: 1, slots: [] })]) {
      fs.writeFileSync(at('vault.json'), damage)
      expect(keysOf(await openVault(folder))).toEqual(first)
      expect(fs.readFileSync(at('vault.json'))).toEqual(fs.readFileSync(at('vault.json.bak')))
    }
  })

  it('keeps nothing under a vault that was changed by hand', async () => {
    await openVault(folder)
    const content = JSON.parse(fs.readFileSync(at('vault.json'), 'utf8')) as { keys: Record<string, { wrapped: string }> }
    // A key moved to another purpose would decrypt what it was never meant for.
    const swapped = { ...content, keys: { ...content.keys, database: content.keys['audit'] } }
    for (const name of ['vault.json', 'vault.json.bak']) fs.writeFileSync(at(name), JSON.stringify(swapped))
    const { vault, slots } = await openVault(folder)
    expect(vault.isOpen).toBe(false)
    expect(slots.vault.reason).toBe('vault-damaged')
  })

  it.each(keyPurposes)('never makes a new %s key for one that was lost or cannot be unwrapped', async purpose => {
    const first = keysOf(await openVault(folder))
    keepSomething()
    const whole = fs.readFileSync(at('vault.json'), 'utf8')
    const without = (change: (keys: Record<string, { wrapped: string }>) => void): string => {
      const content = JSON.parse(whole) as { keys: Record<string, { wrapped: string }> }
      change(content.keys)
      return JSON.stringify(content)
    }
    const damages = [without(keys => void delete keys[purpose]), without(keys => void (keys[purpose] = { wrapped: Buffer.alloc(60, 7).toString('base64') })), without(keys => void (keys[purpose] = { wrapped: '' }))]
    for (const damaged of damages) {
      for (const name of ['vault.json', 'vault.json.bak']) fs.writeFileSync(at(name), damaged)
      const before = snapshot()
      const { vault, slots } = await openVault(folder)
      expect([vault.isOpen, slots.vault.reason]).toEqual([false, 'vault-damaged'])
      expect(() => vault.key(purpose)).toThrow(expect.objectContaining({ code: 'STORAGE_LOCKED' }))
      expect(snapshot()).toEqual(before)
    }
    // Where the copy has it still, that is the one that counts.
    fs.writeFileSync(at('vault.json'), damages[0] ?? '')
    fs.writeFileSync(at('vault.json.bak'), whole)
    expect(keysOf(await openVault(folder))).toEqual(first)
    expect(fs.readFileSync(at('vault.json'), 'utf8')).toBe(whole)
  })

  it('locks a folder that is missing or may not be written', async () => {
    expect((await openVault(at('absent'))).slots.vault.reason).toBe('vault-unreadable')
    fs.writeFileSync(at('vault.key.0.tmp'), '')
    fs.mkdirSync(at('vault.key'))
    expect((await openVault(folder)).slots.vault.reason).toBe('vault-not-writable')
  })

  it('hears a passphrase over a descriptor only where it is needed, and no wrong one', async () => {
    const first = await openVault(folder, { passphrase })
    const clock = new FakeClock()
    const wrong = await openVault(folder, { passphrase: 'some other words here', clock })
    expect(wrong.vault.isOpen).toBe(false)
    expect(wrong.slots.vault.reason).toBe('passphrase-needed')
    expect(keysOf(await openVault(folder, { passphrase, clock }))).toEqual(keysOf(first))
  })
})
