import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRouterClient } from '@orpc/server'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '#shared/errors.ts'
import { EraseEverything } from '../../main/features/storage/erase-everything.ts'
import { FakeKeychain } from '../../main/platform/keychain/fake-keychain.ts'
import { FakeLog } from '../../main/platform/log/fake-log.ts'
import type { VaultStorage } from '../../main/platform/storage/vault-storage.ts'
import { openVault } from '../../main/platform/vault/open-vault.ts'
import { startInProcess } from '../support/in-process-app.ts'
import { startTestApp } from '../support/test-host.ts'

let folder: string
beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'export-'))
  fs.mkdirSync(join(folder, 'work'))
})
afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true })
})

describe('an export', () => {
  it('brings conversations, unsaved text and settings into a new profile, and adds nothing the second time', { timeout: 60_000 }, async () => {
    const from = await startTestApp()
    const client = createRouterClient(from.app.router)
    const { id: workspaceId } = await client.workspaces.open({ path: join(folder, 'work') })
    await client.chat.create({ workspaceId })
    await client.buffers.keep({ workspaceId, path: 'untitled:1', text: 'unsaved', baseVersion: null })
    await client.settings.writeFile({ scope: 'user', workspaceId: null, text: '{\n  // mine\n  "editor.fontSize": 15,\n  "terminal.shell": "/tmp/evil",\n  "model.path": "/tmp/evil.gguf",\n  "privacy.keepConversations": "7"\n}\n' })
    const sealed = { path: join(folder, 'sealed'), passphrase: 'a long passphrase' }
    await client.storage.exportTo(sealed)
    await from.dispose()

    const to = await startTestApp()
    const other = createRouterClient(to.app.router)
    expect(await other.storage.importFrom(sealed)).toMatchObject({ conversations: 1, isSettingsTaken: true, settingsLeftOut: ['terminal.shell', 'model.path', 'privacy.keepConversations'] })
    const { text } = await other.settings.readFile({ scope: 'user', workspaceId: null })
    expect(text).toContain('// mine')
    expect(text).toContain('"editor.fontSize": 15')
    expect(text).not.toMatch(/evil|keepConversations/)
    expect(await other.storage.importFrom(sealed)).toEqual({ conversations: 0, documents: 0, isSettingsTaken: false, settingsLeftOut: [] })
    expect((await other.buffers.list({ workspaceId })).map(buffer => buffer.text)).toEqual(['unsaved'])
    for await (const { conversations } of await other.chat.watchList({ workspaceId })) {
      expect(conversations).toHaveLength(1)
      break
    }
    await to.dispose()
  })
})

describe('erasing everything', () => {
  it('says that the keychain kept its entry, once all that can be destroyed is', async () => {
    fs.writeFileSync(join(folder, 'vault.json'), 'wrapped keys')
    const storage = { shutForGood: () => undefined } as unknown as VaultStorage
    const eraser = new EraseEverything({ folder, storage, log: new FakeLog(), endHost: undefined, forgetKeys: () => Promise.reject(new AppError('KEYCHAIN_UNAVAILABLE', { reason: 'locked' })) })
    expect(await eraser.erase()).toEqual({ isKeychainEntryLeft: true })
    expect(fs.readdirSync(folder)).toEqual([])
  })

  it('takes the entry out of the keychain, or says that it stays', async () => {
    const keychain = new FakeKeychain()
    const { slots } = await openVault(folder, { keychain })
    keychain.mode = 'locked'
    await expect(slots.forget()).rejects.toMatchObject({ code: 'KEYCHAIN_UNAVAILABLE' })
    expect([slots.vault.isOpen, keychain.entries.size]).toEqual([false, 1])
    keychain.mode = 'works'
    await slots.forget()
    expect(keychain.entries.size).toBe(0)
  })

  it('leaves no key and no file, and the next start begins anew', { timeout: 30_000 }, async () => {
    const app = await startInProcess(folder)
    const state = join(folder, 'state')
    const { id: workspaceId } = await app.client.workspaces.open({ path: join(folder, 'work') })
    await app.client.buffers.keep({ workspaceId, path: 'untitled:1', text: 'unsaved', baseVersion: null })
    fs.mkdirSync(join(state, 'backups'))
    fs.writeFileSync(join(state, 'backups', '000001-2026-01-01T00-00-00Z-asked.vault.json'), 'wrapped keys')
    expect(fs.readdirSync(state)).toEqual(expect.arrayContaining(['vault.json', 'audit.head']))
    await app.client.storage.erase({ confirmation: 'erase' })
    expect(fs.readdirSync(state).filter(name => !name.startsWith('host.lock'))).toEqual([])
    await expect(app.client.buffers.keep({ workspaceId, path: 'a', text: 'b', baseVersion: null })).rejects.toMatchObject({ code: 'STORAGE_LOCKED' })
    await app.dispose()
    expect(fs.readdirSync(state).filter(name => /vault|cortex|audit/.test(name))).toEqual([])
    const again = await startInProcess(folder)
    expect((await again.client.app.info()).storageProblem).toBeNull()
    expect(await again.client.buffers.list({ workspaceId: (await again.client.workspaces.open({ path: join(folder, 'work') })).id })).toEqual([])
    await again.dispose()
  })
})
