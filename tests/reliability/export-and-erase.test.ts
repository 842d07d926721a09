import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRouterClient } from '@orpc/server'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
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
    await client.settings.set({ scope: 'user', workspaceId: null, key: 'editor.fontSize', value: 15 })
    const sealed = { path: join(folder, 'sealed'), passphrase: 'a long passphrase' }
    await client.storage.exportTo(sealed)
    await from.dispose()

    const to = await startTestApp()
    const other = createRouterClient(to.app.router)
    expect(await other.storage.importFrom(sealed)).toMatchObject({ conversations: 1, isSettingsTaken: true })
    expect(await other.storage.importFrom(sealed)).toEqual({ conversations: 0, documents: 0, isSettingsTaken: false })
    expect((await other.buffers.list({ workspaceId })).map(buffer => buffer.text)).toEqual(['unsaved'])
    for await (const { conversations } of await other.chat.watchList({ workspaceId })) {
      expect(conversations).toHaveLength(1)
      break
    }
    await to.dispose()
  })
})

describe('erasing everything', () => {
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
