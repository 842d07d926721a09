import { beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '#shared/errors.ts'
import { FakeClock } from '../../platform/clock/fake-clock.ts'
import { FakeFiles } from '../../platform/files/fake-files.ts'
import { openFakeStorage } from '../../platform/storage/fake-storage.ts'
import { LockedStorage } from '../../platform/storage/locked-storage.ts'
import type { Storage } from '../../platform/storage/storage.ts'
import { WorkspacesService } from './workspaces-service.ts'

let files: FakeFiles
let storage: Storage
const clock = new FakeClock()
const service = (): WorkspacesService => new WorkspacesService({ files, storage, clock, home: '/home/me' })
const code = (expected: string) => expect.objectContaining({ code: expected })

beforeEach(() => {
  files = new FakeFiles({ '/home/me/code/app/a.ts': 'a', '/home/me/code/lib/b.ts': 'b', '/srv/file': 'x' })
  files.putLink('/home/me/link', 'code/app')
  storage = openFakeStorage(clock)
})

describe('WorkspacesService', () => {
  it('opens a folder, resolves links and gives the same workspace again', async () => {
    const workspaces = service()
    const workspace = await workspaces.open('/home/me/link')
    expect(workspace).toMatchObject({ name: 'app', path: '/home/me/code/app', displayPath: '~/code/app' })
    expect(await workspaces.open('~/code/app')).toEqual(workspace)
    expect(await workspaces.get(workspace.id)).toEqual(workspace)
    expect((await workspaces.open('~')).displayPath).toBe('~')
  })

  it.each([
    ['/absent', 'FOLDER_NOT_FOUND'],
    ['/srv/file', 'NOT_A_FOLDER'],
    ['relative', 'FOLDER_NOT_FOUND'],
    ['/a\0b', 'FOLDER_NOT_FOUND'],
  ])('refuses %j with %s', async (path, expected) => {
    await expect(service().open(path)).rejects.toEqual(code(expected))
  })

  it('refuses a folder that cannot be read', async () => {
    files.unreadable.add('/home/me/code/app')
    await expect(service().open('/home/me/code/app')).rejects.toMatchObject({ code: 'FOLDER_UNREADABLE', data: { path: '/home/me/code/app' } })
  })

  it('opens a folder again by its id after a restart', async () => {
    const { id } = await service().open('/home/me/code/app')
    const restarted = service()
    expect(await restarted.get(id)).toMatchObject({ id, path: '/home/me/code/app' })
    await expect(restarted.get('unknown')).rejects.toEqual(code('WORKSPACE_NOT_FOUND'))
  })

  it('does not hand out another folder under a former id', async () => {
    const { id } = await service().open('/home/me/code/app')
    await files.move('/home/me/code/app', '/home/me/code/old')
    files.putLink('/home/me/code/app', '/home/me/code/lib')
    await expect(service().get(id)).rejects.toEqual(code('WORKSPACE_NOT_FOUND'))
    await expect(service().get(id)).rejects.toBeInstanceOf(AppError)
  })

  it('lists recent folders, newest first, with those that are missing', async () => {
    const workspaces = service()
    await workspaces.open('/home/me/code/app')
    clock.advance(1000)
    await workspaces.open('/home/me/code/lib')
    await files.trash('/home/me/code/app')
    expect(await workspaces.recent()).toMatchObject([
      { name: 'lib', isMissing: false },
      { name: 'app', displayPath: '~/code/app', isMissing: true },
    ])
    await workspaces.forget('/home/me/code/app')
    expect((await workspaces.recent()).map(folder => folder.name)).toEqual(['lib'])
  })

  it('keeps at most 20 recent folders in the list', async () => {
    const workspaces = service()
    for (let index = 0; index < 25; index++) {
      files.putFolder(`/many/${index}`)
      clock.advance(1)
      await workspaces.open(`/many/${index}`)
    }
    const recent = await workspaces.recent()
    expect(recent).toHaveLength(20)
    expect(recent[0]?.name).toBe('24')
  })

  it('works without its database, and remembers nothing then', async () => {
    storage = new LockedStorage(new AppError('STORAGE_LOCKED', { path: '/db', reason: 'its key file is missing' }))
    const workspaces = service()
    const { id } = await workspaces.open('/home/me/code/app')
    expect(await workspaces.get(id)).toMatchObject({ id })
    await expect(workspaces.get('other')).rejects.toEqual(code('WORKSPACE_NOT_FOUND'))
    expect(await workspaces.recent()).toEqual([])
    await workspaces.forget('/home/me/code/app')
  })

  it('lets watchers see the open folders, changes and requests of other starts', async () => {
    const workspaces = service()
    const events = workspaces.watch()
    expect((await events.next()).value).toEqual({ type: 'snapshot', workspaces: [], recent: [] })
    const workspace = await workspaces.requestFolder('/home/me/code/app')
    const seen = [(await events.next()).value, (await events.next()).value]
    expect(seen).toContainEqual({ type: 'folder-requested', workspace })
    expect(seen).toContainEqual(expect.objectContaining({ type: 'snapshot', workspaces: [workspace], recent: [expect.objectContaining({ name: 'app' })] }))
    await events.return()
  })
})

describe('browse', () => {
  it('lists sub-folders for the picker: links to folders too, hidden ones last, files never', async () => {
    for (const name of ['b 10', 'b 9', '.hidden']) files.putFolder(`/home/me/${name}`)
    files.putLink('/home/me/to-file', '/srv/file')
    files.unreadable.add('/home/me/b 9')
    const listing = await service().browse()
    expect(listing).toMatchObject({ path: '/home/me', displayPath: '~', parent: '/home', home: '/home/me', isTruncated: false })
    expect(listing.folders.map(folder => folder.name)).toEqual(['b 9', 'b 10', 'code', 'link', '.hidden'])
    expect(listing.folders[0]).toEqual({ name: 'b 9', path: '/home/me/b 9', isHidden: false, isReadable: false })
    expect((await service().browse('/')).parent).toBeNull()
  })

  it('stops at 2,000', async () => {
    for (let index = 0; index < 2005; index++) files.putFolder(`/many/${index}`)
    const listing = await service().browse('/many')
    expect(listing.folders).toHaveLength(2000)
    expect(listing.isTruncated).toBe(true)
  })

  it.each([
    ['/absent', 'FOLDER_NOT_FOUND'],
    ['/srv/file', 'NOT_A_FOLDER'],
    ['relative', 'FOLDER_NOT_FOUND'],
  ])('refuses %s with %s', async (path, expected) => {
    await expect(service().browse(path)).rejects.toEqual(code(expected))
  })
})
