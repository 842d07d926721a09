import { beforeEach, describe, expect, it } from 'vitest'
import type { SettingsSnapshot } from '#shared/contract/settings.ts'
import { FakeAudit } from '../../platform/audit/fake-audit.ts'
import { systemClock } from '../../platform/clock/clock.ts'
import { FakeFiles } from '../../platform/files/fake-files.ts'
import { Listeners } from '../../platform/live/listeners.ts'
import { openFakeStorage } from '../../platform/storage/fake-storage.ts'
import { WorkspacesService } from '../workspaces/workspaces-service.ts'
import { SettingsService } from './settings-service.ts'

const userFile = '/state/settings.jsonc'
const folderFile = '/project/.cortex/settings.jsonc'
let files: FakeFiles
let audit: FakeAudit
let workspaceId: string
let userFileTouched: Listeners<void>
let folderTouched: Listeners<readonly string[] | null>
let workspaces: WorkspacesService
let trusted: boolean
let trustTouched: Listeners<void>
const code = (expected: string) => expect.objectContaining({ code: expected })

beforeEach(async () => {
  files = new FakeFiles({ '/project/a.ts': '', '/state/other': '', '/dotfiles/settings.jsonc': '{ "editor.tabSize": 3 }' })
  audit = new FakeAudit()
  userFileTouched = new Listeners()
  folderTouched = new Listeners()
  trusted = true
  trustTouched = new Listeners()
  workspaces = new WorkspacesService({ files, storage: openFakeStorage(), clock: systemClock, home: '/home/me' })
  workspaceId = (await workspaces.open('/project')).id
})

function open(overrides: Record<string, unknown> = {}): SettingsService {
  return new SettingsService({
    files, audit, workspaces, trust: { isTrusted: () => trusted, onChange: listener => trustTouched.add(listener) }, stateFolder: '/state', overrides,
    watchFile: (_path, listener) => userFileTouched.add(listener),
    listenToFolder: async (_folder, listener) => folderTouched.add(listener),
  })
}

async function next(events: AsyncGenerator<SettingsSnapshot, void, void>): Promise<SettingsSnapshot> {
  const { value } = await events.next()
  // The stream goes on as long as its test.
  return value as SettingsSnapshot
}

describe('SettingsService', () => {
  it('records what a person changes: the key and the layer, and no free text', async () => {
    const settings = open()
    await settings.set({ scope: 'user', workspaceId: null }, 'editor.tabSize', 4)
    await settings.set({ scope: 'user', workspaceId: null }, 'terminal.shell', '/my secret')
    await settings.set({ scope: 'user', workspaceId: null }, 'editor.tabSize', null)
    await settings.writeFile({ scope: 'workspace', workspaceId }, '{ "editor.tabSize": 8 }')
    await settings.writeFile({ scope: 'workspace', workspaceId }, '{ "editor.tabSize": 8, "editor.minimap": true }')
    expect(audit.events.map(({ subject, details }) => [subject, details])).toEqual([
      ['editor.tabSize', { layer: 'user', value: 4 }],
      ['terminal.shell', { layer: 'user' }],
      ['editor.tabSize', { layer: 'user', value: null }],
      ['editor.tabSize', { layer: 'workspace', value: 8 }],
      ['editor.minimap', { layer: 'workspace', value: true }],
    ])
    expect(JSON.stringify(audit.events)).not.toContain('my secret')
  })

  it('gives the values that hold in a workspace and without one', async () => {
    files.put(userFile, '{ "editor.tabSize": 4 }')
    files.put(folderFile, '{ "editor.tabSize": 8, "terminal.shell": "/evil" }')
    const settings = open({ 'model.path': '/m.gguf' })
    expect(await settings.values(workspaceId)).toMatchObject({ 'editor.tabSize': 8, 'terminal.shell': '', 'model.path': '/m.gguf' })
    expect((await settings.values())['editor.tabSize']).toBe(4)
    await expect(settings.values('unknown')).rejects.toEqual(code('WORKSPACE_NOT_FOUND'))
  })

  it('lets a restricted folder change how things look and nothing else, until it is trusted', async () => {
    trusted = false
    files.put(folderFile, '{ "editor.tabSize": 8, "chat.temperature": 2, "model.threads": 1, "completion.enabled": false }')
    const settings = open()
    expect(await settings.values(workspaceId)).toMatchObject({ 'editor.tabSize': 8, 'chat.temperature': 0.2, 'model.threads': 0, 'completion.enabled': true })
    const events = await settings.watch(workspaceId)
    expect(await next(events)).toMatchObject({ heldBack: ['chat.temperature', 'model.threads', 'completion.enabled'], sources: expect.objectContaining({ 'chat.temperature': 'default' }) })
    trusted = true
    trustTouched.tell()
    expect(await next(events)).toMatchObject({ heldBack: [], values: expect.objectContaining({ 'chat.temperature': 2 }) })
    await events.return()
    settings.dispose()
  })

  it('sets and takes out keys, comments kept, and tells watchers', async () => {
    files.put(userFile, '{\n  // as I like it\n  "editor.fontSize": 15\n}\n')
    const settings = open()
    const events = await settings.watch(workspaceId)
    expect(await next(events)).toMatchObject({ type: 'snapshot', userFile, workspaceFile: folderFile, problems: [], sources: expect.objectContaining({ 'editor.fontSize': 'user' }) })
    await settings.set({ scope: 'user', workspaceId: null }, 'appearance.theme', 'light')
    expect((await next(events)).values['appearance.theme']).toBe('light')
    expect(files.text(userFile)).toContain('// as I like it')
    await settings.set({ scope: 'workspace', workspaceId }, 'editor.tabSize', 8)
    expect(await next(events)).toMatchObject({ sources: expect.objectContaining({ 'editor.tabSize': 'workspace' }) })
    await settings.set({ scope: 'workspace', workspaceId }, 'editor.tabSize', null)
    expect((await next(events)).sources['editor.tabSize']).toBe('default')
    await settings.set({ scope: 'workspace', workspaceId }, 'editor.tabSize', null)
    await events.return()
  })

  it('hears of files changed by hand, and says nothing twice', async () => {
    const settings = open()
    const events = await settings.watch(workspaceId)
    await next(events)
    userFileTouched.tell()
    files.put(userFile, '{ "editor.tabSize": 4 }')
    userFileTouched.tell()
    expect((await next(events)).values['editor.tabSize']).toBe(4)
    files.put(folderFile, '{ "editor.tabSize": 6 }')
    folderTouched.tell(['src/a.ts'])
    folderTouched.tell(['.cortex'])
    expect((await next(events)).values['editor.tabSize']).toBe(6)
    files.put(folderFile, '{ broken')
    folderTouched.tell(null)
    expect((await next(events)).problems[0]).toMatchObject({ source: 'workspace' })
    await events.return()
    expect(folderTouched.size).toBe(0)
    settings.dispose()
    expect(userFileTouched.size).toBe(0)
  })

  it('refuses what would not hold', async () => {
    const settings = open()
    const user = { scope: 'user', workspaceId: null } as const
    await expect(settings.set(user, 'nope', 1)).rejects.toEqual(code('SETTING_UNKNOWN'))
    await expect(settings.set(user, 'editor.tabSize', 99)).rejects.toMatchObject({ code: 'SETTINGS_INVALID', data: { path: userFile, problems: ['editor.tabSize: The value must be a whole number from 1 to 8.'] } })
    await expect(settings.set({ scope: 'workspace', workspaceId }, 'model.path', '/m')).rejects.toEqual(code('SETTINGS_INVALID'))
    await expect(settings.set({ scope: 'workspace', workspaceId: null }, 'editor.tabSize', 2)).rejects.toEqual(code('WORKSPACE_NOT_FOUND'))
    expect(files.text(userFile)).toBeNull()
  })

  it('never writes over a file that it cannot read', async () => {
    files.put(userFile, '{ "editor.tabSize": 4')
    const settings = open()
    await expect(settings.set({ scope: 'user', workspaceId: null }, 'editor.tabSize', 2)).rejects.toEqual(code('SETTINGS_INVALID'))
    expect(files.text(userFile)).toBe('{ "editor.tabSize": 4')
    files.unreadable.add(userFile)
    await expect(settings.set({ scope: 'user', workspaceId: null }, 'editor.tabSize', 2)).rejects.toEqual(code('SETTINGS_INVALID'))
    files.unreadable.clear()
    files.put(userFile, `{${' '.repeat(1_000_001)}}`)
    const events = await settings.watch(null)
    expect((await next(events)).problems).toEqual([{ source: 'user', key: null, message: 'The file is larger than 1 MB.' }])
    await events.return()
  })

  it('says in words when the disk is full, with the old file whole', async () => {
    files.put(userFile, '{ "editor.tabSize": 4 }')
    const settings = open()
    files.failNext('replace', 'ENOSPC')
    await expect(settings.set({ scope: 'user', workspaceId: null }, 'editor.tabSize', 2)).rejects.toEqual(code('DISK_FULL'))
    expect(files.text(userFile)).toBe('{ "editor.tabSize": 4 }')
  })

  it('follows the link of a person and no link of a folder that leaves it', async () => {
    files.putLink(userFile, '/dotfiles/settings.jsonc')
    files.putLink('/project/.cortex', '/dotfiles')
    const settings = open()
    await settings.set({ scope: 'user', workspaceId: null }, 'editor.tabSize', 7)
    expect(files.text('/dotfiles/settings.jsonc')).toContain('"editor.tabSize": 7')
    await expect(settings.set({ scope: 'workspace', workspaceId }, 'editor.tabSize', 2)).rejects.toEqual(code('SETTINGS_INVALID'))
    expect((await settings.values(workspaceId))['editor.tabSize']).toBe(7)
  })

  it('reads and writes a whole file by hand, refusing text with problems', async () => {
    const settings = open()
    const user = { scope: 'user', workspaceId: null } as const
    expect(await settings.readFile(user)).toEqual({ path: userFile, text: '{\n}\n' })
    await settings.writeFile(user, '{ "editor.tabSize": 4 } // mine')
    expect((await settings.readFile(user)).text).toContain('// mine')
    await expect(settings.writeFile(user, '{ "editor.tabSize": 40, ')).rejects.toEqual(code('SETTINGS_INVALID'))
    await expect(settings.writeFile({ scope: 'workspace', workspaceId }, '{ "model.path": "/m" }')).rejects.toMatchObject({ data: { path: folderFile } })
  })
})
