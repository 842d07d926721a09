import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { fakeElectron } from '../../tests/support/fake-electron.ts'
import { absentKeychain } from '../platform/keychain/absent-keychain.ts'
import { FakeKeychain } from '../platform/keychain/fake-keychain.ts'
import { firstKeychain } from '../platform/keychain/first-keychain.ts'
import { safeStorageKeychain } from './safe-storage-keychain.ts'

vi.mock('electron/main', () => fakeElectron)

const { safeStorage } = fakeElectron
let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'safe-'))
  path = join(folder, 'keychain.json')
  safeStorage.prefix = 'v11'
  safeStorage.fault = null
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

const unavailable = (reason: string) => expect.objectContaining({ code: 'KEYCHAIN_UNAVAILABLE', data: { reason } })

describe('safeStorageKeychain', () => {
  it('keeps what Electron encrypted, and nothing else', async () => {
    const keychain = safeStorageKeychain({ path, platform: 'linux' })
    expect(await keychain.name()).toBe('Secret Service')
    expect(await keychain.getPassword('Cortex', 'a')).toBeNull()
    await Promise.all([keychain.setPassword('Cortex', 'a', 'first secret'), keychain.setPassword('Cortex', 'b', 'second secret')])
    expect(readFileSync(path, 'utf8')).not.toContain('secret')
    expect(await safeStorageKeychain({ path, platform: 'linux' }).getPassword('Cortex', 'a')).toBe('first secret')
    expect(await keychain.getPassword('Cortex', 'b')).toBe('second secret')
    expect(await keychain.deletePassword('Cortex', 'a')).toBe(true)
    expect(await keychain.deletePassword('Cortex', 'a')).toBe(false)
    expect([await keychain.getPassword('Cortex', 'a'), await keychain.getPassword('Cortex', 'b')]).toEqual([null, 'second secret'])
  })

  it('calls a key that stands in the program no keychain on Linux, and the keychain by its name elsewhere', async () => {
    safeStorage.prefix = 'v10'
    const weak = safeStorageKeychain({ path, platform: 'linux' })
    expect(await weak.name()).toBeNull()
    await expect(weak.setPassword('Cortex', 'a', 'secret')).rejects.toEqual(unavailable('absent'))
    expect(await safeStorageKeychain({ path, platform: 'darwin' }).name()).toBe('macOS Keychain')
    expect(await safeStorageKeychain({ path, platform: 'win32' }).name()).toBe('Windows DPAPI')
    safeStorage.prefix = 'v12'
    expect(await safeStorageKeychain({ path, platform: 'linux' }).name()).toBe('Secret portal')
  })

  it('waits for no answer for ever, and takes a prompt that is not answered for no damage', async () => {
    const keychain = safeStorageKeychain({ path, platform: 'linux' })
    safeStorage.fault = new Error('Encryption is temporarily unavailable')
    await expect(keychain.setPassword('Cortex', 'a', 'secret')).rejects.toEqual(unavailable('no-answer'))
    safeStorage.fault = 'hangs'
    await expect(keychain.setPassword('Cortex', 'a', 'secret', { limitMilliseconds: 20 })).rejects.toEqual(unavailable('no-answer'))
    expect(await keychain.name({ limitMilliseconds: 20 })).toBeNull()
    safeStorage.fault = new Error('other')
    await expect(keychain.setPassword('Cortex', 'a', 'secret')).rejects.toEqual(unavailable('refused'))
    safeStorage.fault = null
    writeFileSync(path, '{ torn')
    await expect(keychain.getPassword('Cortex', 'a')).rejects.toEqual(unavailable('refused'))
  })
})

describe('firstKeychain', () => {
  it('asks the second only where the first is absent', async () => {
    const [first, second] = [new FakeKeychain(), new FakeKeychain()]
    const both = firstKeychain(first, second)
    await both.setPassword('Cortex', 'a', '1')
    expect(second.entries.size).toBe(0)
    first.mode = 'locked'
    await expect(both.getPassword('Cortex', 'a')).rejects.toEqual(unavailable('locked'))
    first.mode = 'absent'
    expect(await both.getPassword('Cortex', 'a')).toBeNull()
    await both.setPassword('Cortex', 'b', '2')
    expect(await both.getPassword('Cortex', 'b')).toBe('2')
    expect(await both.deletePassword('Cortex', 'b')).toBe(true)
    expect(await both.name()).toBe('Fake keychain')
    expect(await firstKeychain(absentKeychain, absentKeychain).name()).toBeNull()
    await expect(absentKeychain.getPassword('Cortex', 'a')).rejects.toEqual(unavailable('absent'))
  })
})
