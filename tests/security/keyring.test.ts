import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { FakeKeychain } from '../../main/platform/keychain/fake-keychain.ts'
import { openVault } from '../../main/platform/vault/open-vault.ts'

const needed = ['dbus-run-session', 'gnome-keyring-daemon', 'dbus-send']
const missing = needed.filter(program => spawnSync('which', [program]).status !== 0)

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cortex-keyring-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})

describe('a real keyring', () => {
  test.skipIf(missing.length > 0)(`GNOME Keyring keeps the vault's key: stored, read, locked, and opened by the recovery code meanwhile (skipped without ${needed.join(', ')})`, { timeout: 120_000 }, () => {
    const script = `printf 'the keyring password' | gnome-keyring-daemon --unlock --components=secrets >/dev/null && exec "$0" "$1" "$2"`
    const output = execFileSync('dbus-run-session', ['--', 'sh', '-c', script, process.execPath, join(import.meta.dirname, '../support/keyring-script.ts'), folder], {
      env: { ...process.env, HOME: folder, XDG_RUNTIME_DIR: folder, XDG_DATA_HOME: join(folder, 'data') },
      stdio: ['ignore', 'pipe', 'ignore'],
      encoding: 'utf8',
      timeout: 100_000,
    })
    const result = JSON.parse(output) as Record<string, unknown>
    process.stdout.write(`keyring: opened in ${String(result['openMilliseconds'])} ms with one question to it\n`)
    expect(result).toMatchObject({ name: 'GNOME Keyring', missing: null, read: 's3cr3t-ünï', deleted: [true, false], slots: ['keychain'], opened: true, recovered: true })
    // A prompt that nobody answers, or a refusal: in any case no key, and no start that waits for it.
    expect(['keychain-locked', 'keychain-no-answer', 'keychain-refused', 'keychain-entry-missing']).toContain(result['lockedReason'])
    expect(readdirSync(folder)).not.toContain('vault.key')
  })
})

test('a profile copied to a machine without its keychain opens with the recovery code, and with no other', async () => {
  const keychain = new FakeKeychain()
  const home = mkdtempSync(join(folder, 'home-'))
  const first = await openVault(home, { keychain })
  const code = await first.slots.makeRecoveryCode()
  const copy = join(folder, 'copy')
  cpSync(home, copy, { recursive: true })
  const moved = await openVault(copy)
  expect(moved.slots.vault.reason).toBe('keychain-absent')
  await expect(moved.slots.recover('0000')).rejects.toMatchObject({ code: 'VAULT_CODE_MISTYPED' })
  await moved.slots.recover(code)
  expect(moved.vault.key('database')).toEqual(first.vault.key('database'))
  expect(readdirSync(copy)).not.toContain('vault.key')
})

test('a keychain that hangs holds up no start, and locks what it holds the key of', async () => {
  const keychain = new FakeKeychain()
  const first = await openVault(folder, { keychain })
  keychain.mode = 'hangs'
  const begun = performance.now()
  const { slots } = await openVault(folder, { keychain })
  expect(performance.now() - begun).toBeLessThan(3000)
  expect(slots.vault.reason).toBe('keychain-no-answer')
  keychain.mode = 'works'
  expect(await slots.openAlone()).toBe(true)
  expect(slots.vault.key('database')).toEqual(first.vault.key('database'))
})
