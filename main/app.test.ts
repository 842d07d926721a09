import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRouterClient } from '@orpc/server'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Client } from '#shared/contract/index.ts'
import { createApp, type App } from './app.ts'
import { systemClock } from './platform/clock/clock.ts'
import { absentKeychain } from './platform/keychain/absent-keychain.ts'
import { FakeLog } from './platform/log/fake-log.ts'
import { Redactor } from './platform/redaction/redactor.ts'
import { hostPaths, prepareFolders } from './platform/paths/host-paths.ts'
import { ObservedLauncher } from './platform/workers/observed-launcher.ts'

let folder: string
let app: App | null = null
beforeEach(() => {
  folder = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), 'app-')))
})
afterEach(async () => {
  await app?.dispose()
  app = null
  fs.rmSync(folder, { recursive: true, force: true })
})

/** The application as a client sees it, with errors as they come off the wire; no worker can start. */
async function start(): Promise<{ client: Client; log: FakeLog }> {
  await app?.dispose()
  const paths = hostPaths({ environment: { CORTEX_HOME: join(folder, 'state'), HOME: folder }, resources: join(import.meta.dirname, '../resources') })
  prepareFolders(paths)
  const log = new FakeLog()
  const launcher = new ObservedLauncher({ launch: () => Promise.reject(new Error('This test starts no workers')) })
  app = await createApp({ kind: 'node', version: '1.2.3', paths, launcher, keychain: absentKeychain, isEnforcementOff: false, clock: systemClock, log, logBook: log, redactor: new Redactor(), settingOverrides: { 'model.loadAtStart': false } })
  return { client: createRouterClient(app.router), log }
}

function project(): string {
  const path = join(folder, 'project')
  fs.mkdirSync(join(path, 'src'), { recursive: true })
  fs.writeFileSync(join(path, 'src/a.ts'), 'const a = 1\n')
  return path
}

describe('createApp', () => {
  it('opens a folder, edits a file and keeps what is unsaved over a restart', async () => {
    const { client } = await start()
    const { id: workspaceId } = await client.workspaces.open({ path: project() })
    const place = { workspaceId, path: 'src/a.ts' }
    const { version } = await client.files.read(place)
    await client.files.write({ ...place, text: 'const a = 2\n', expectedVersion: version })
    expect(fs.readFileSync(join(folder, 'project/src/a.ts'), 'utf8')).toBe('const a = 2\n')
    await client.buffers.keep({ ...place, text: 'const a = 3', baseVersion: version })
    await client.layout.keep({ workspaceId, layout: { tabs: ['src/a.ts'] } })

    const { client: again } = await start()
    expect(await again.workspaces.get({ workspaceId })).toMatchObject({ name: 'project' })
    expect(await again.workspaces.recent()).toMatchObject([{ displayPath: '~/project', isMissing: false }])
    expect(await again.buffers.list({ workspaceId })).toMatchObject([{ path: 'src/a.ts', text: 'const a = 3' }])
    expect(await again.layout.get({ workspaceId })).toEqual({ tabs: ['src/a.ts'] })
    await again.buffers.discard(place)
    await again.workspaces.forget({ path: join(folder, 'project') })
    expect(await again.workspaces.recent()).toEqual([])
  })

  it('answers about files: list, stat, create, move, find', async () => {
    const { client } = await start()
    const { id: workspaceId } = await client.workspaces.open({ path: project() })
    await client.files.create({ workspaceId, path: 'docs/b.md', kind: 'file' })
    await client.files.move({ workspaceId, from: 'docs/b.md', to: 'docs/c.md' })
    expect((await client.files.list({ workspaceId, path: '' })).entries.map(entry => entry.name)).toEqual(['docs', 'src'])
    expect(await client.files.stat({ workspaceId, path: 'docs/b.md' })).toBeNull()
    await vi.waitFor(async () => expect((await client.files.find({ workspaceId, query: 'c.md' })).files[0]?.path).toBe('docs/c.md'), 20_000)
    expect((await client.workspaces.browse({ path: folder })).folders.map(item => item.name)).toContain('project')
  })

  it('gives errors the code and data that the contract declares, also in streams', async () => {
    const { client } = await start()
    await expect(client.workspaces.open({ path: join(folder, 'absent') })).rejects.toMatchObject({ code: 'FOLDER_NOT_FOUND', defined: true, data: { path: join(folder, 'absent') } })
    await expect(client.files.read({ workspaceId: 'unknown', path: 'a' })).rejects.toMatchObject({ code: 'WORKSPACE_NOT_FOUND', defined: true })
    await expect(client.files.watch({ workspaceId: 'unknown' })).rejects.toMatchObject({ code: 'WORKSPACE_NOT_FOUND', defined: true })
    await expect(client.layout.keep({ workspaceId: null, layout: { big: 'x'.repeat(300_000) } })).rejects.toMatchObject({ code: 'BAD_REQUEST' })
  })

  it('changes settings through the file and tells every watcher', async () => {
    const { client } = await start()
    const events = await client.settings.watch({ workspaceId: null })
    const next = async () => (await events.next()).value
    expect(await next()).toMatchObject({ type: 'snapshot', values: { 'editor.tabSize': 2 } })
    await client.settings.set({ scope: 'user', workspaceId: null, key: 'editor.tabSize', value: 4 })
    expect(await next()).toMatchObject({ values: { 'editor.tabSize': 4 }, sources: { 'editor.tabSize': 'user' } })
    const { path, text } = await client.settings.readFile({ scope: 'user', workspaceId: null })
    fs.writeFileSync(path, text.replace('4', '6'))
    expect(await next()).toMatchObject({ values: { 'editor.tabSize': 6 } })
    await client.settings.writeFile({ scope: 'user', workspaceId: null, text: '{}' })
    expect(await next()).toMatchObject({ values: { 'editor.tabSize': 2 } })
    await events.return?.()
  })

  it('follows a folder\'s own settings file', async () => {
    const { client } = await start()
    const { id: workspaceId } = await client.workspaces.open({ path: project() })
    const events = await client.settings.watch({ workspaceId })
    await events.next()
    fs.mkdirSync(join(folder, 'project/.cortex'))
    fs.writeFileSync(join(folder, 'project/.cortex/settings.jsonc'), '{ "editor.tabSize": 8, "model.path": "/x" }')
    const { value } = await events.next()
    expect(value).toMatchObject({ values: { 'editor.tabSize': 8, 'model.path': '' }, problems: [{ source: 'workspace', key: 'model.path' }] })
    await events.return?.()
  })

  it('tells of itself, its log and what is enforced', async () => {
    const { client, log } = await start()
    expect(await client.app.info()).toMatchObject({ version: '1.2.3', hostKind: 'node', stateFolder: join('~', 'state'), homeFolder: folder, pid: process.pid, storageProblem: null })
    log.info('A line for the view')
    const lines = await client.logs.watch()
    expect((await lines.next()).value).toMatchObject({ type: 'snapshot', lines: expect.arrayContaining([expect.objectContaining({ message: 'A line for the view' })]) })
    await lines.return?.()
    const privacy = await client.privacy.watch()
    expect((await privacy.next()).value).toMatchObject({ type: 'snapshot', isModelIsolated: false })
    await privacy.return?.()
    const folders = await client.workspaces.watch()
    expect((await folders.next()).value).toMatchObject({ type: 'snapshot', workspaces: [] })
    await folders.return?.()
  })

  it('starts with a database that stays shut, and says so', async () => {
    const { client } = await start()
    const { id: workspaceId } = await client.workspaces.open({ path: project() })
    await app?.dispose()
    app = null
    fs.rmSync(join(folder, 'state/vault.key'))
    const { client: locked, log } = await start()
    expect((await locked.app.info()).storageProblem).toMatchObject({ code: 'STORAGE_LOCKED' })
    expect(log.written).toContainEqual(expect.objectContaining({ level: 'error', message: 'The database stays shut' }))
    await locked.workspaces.open({ path: join(folder, 'project') })
    expect((await locked.files.read({ workspaceId, path: 'src/a.ts' })).text).toBe('const a = 1\n')
    expect((await locked.models.list()).filter(model => model.isStarter)).toHaveLength(1)
    await expect(locked.chat.create({ workspaceId })).rejects.toMatchObject({ code: 'STORAGE_LOCKED' })
    await expect(locked.buffers.keep({ workspaceId, path: 'a', text: 'x', baseVersion: null })).rejects.toMatchObject({ code: 'STORAGE_LOCKED', defined: true })
  })

  it('shuts and opens the database with the vault, while it runs', { timeout: 60_000 }, async () => {
    const { client } = await start()
    const { id: workspaceId } = await client.workspaces.open({ path: project() })
    const { id: conversationId } = await client.chat.create({ workspaceId })
    await client.vault.setPassphrase({ passphrase: 'four words of nonsense', current: null })
    await client.vault.lock()
    expect((await client.app.info()).storageProblem).toMatchObject({ code: 'STORAGE_LOCKED', data: { reason: 'you locked it' } })
    await expect(client.chat.create({ workspaceId })).rejects.toMatchObject({ code: 'STORAGE_LOCKED' })
    expect((await client.models.list()).filter(model => model.isStarter)).toHaveLength(1)
    await client.files.write({ workspaceId, path: 'src/a.ts', text: 'const a = 5\n', expectedVersion: null })
    await client.vault.unlock({ passphrase: 'four words of nonsense' })
    expect((await client.app.info()).storageProblem).toBeNull()
    await client.chat.delete({ workspaceId, conversationId })
    await client.buffers.keep({ workspaceId, path: 'src/a.ts', text: 'const a = 6', baseVersion: null })
    expect(await client.buffers.list({ workspaceId })).toHaveLength(1)
  })

  it('moves a file to the trash of the system', async () => {
    const { client } = await start()
    vi.stubEnv('XDG_DATA_HOME', join(folder, 'data'))
    vi.stubEnv('HOME', folder)
    const { id: workspaceId } = await client.workspaces.open({ path: project() })
    const outcome = await client.files.trash({ workspaceId, path: 'src/a.ts' }).then(() => 'trashed', (error: { code: string }) => error.code)
    // A machine without a trash says so, and then the file still stands.
    expect(fs.existsSync(join(folder, 'project/src/a.ts'))).toBe(outcome === 'TRASH_FAILED')
    expect(['trashed', 'TRASH_FAILED']).toContain(outcome)
    vi.unstubAllEnvs()
  })
})
