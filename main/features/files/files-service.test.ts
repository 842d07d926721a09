import { beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../platform/clock/clock.ts'
import { FakeFileLister } from '../../platform/files/fake-file-lister.ts'
import { FakeFiles } from '../../platform/files/fake-files.ts'
import { FakeFolderWatcher } from '../../platform/files/fake-folder-watcher.ts'
import { FakeLog } from '../../platform/log/fake-log.ts'
import { openFakeStorage } from '../../platform/storage/fake-storage.ts'
import { WorkspacesService } from '../workspaces/workspaces-service.ts'
import { FileIndexes } from './file-indexes.ts'
import { FilesService } from './files-service.ts'
import { WorkspaceChanges } from './workspace-changes.ts'

let files: FakeFiles
let watcher: FakeFolderWatcher
let service: FilesService
let workspaceId: string
const code = (expected: string) => expect.objectContaining({ code: expected })
const at = (path: string) => ({ workspaceId, path })

beforeEach(async () => {
  files = new FakeFiles({ '/project/src/a.ts': 'const a = 1\n', '/project/README.md': '# Read me\r\n', '/secret': 'no', '/project/b 10': '', '/project/b 9': '' })
  files.putLink('/project/linked.ts', 'src/a.ts')
  files.putLink('/project/folder-link', 'src')
  files.putLink('/project/leaves', '/secret')
  watcher = new FakeFolderWatcher()
  const log = new FakeLog()
  const changes = new WorkspaceChanges(watcher, log)
  const workspaces = new WorkspacesService({ files, storage: openFakeStorage(), clock: systemClock, home: '/home/me' })
  workspaceId = (await workspaces.open('/project')).id
  service = new FilesService({ files, workspaces, changes, indexes: new FileIndexes({ lister: new FakeFileLister(), changes, log }) })
})

const write = (path: string, text: string, expectedVersion: string | null, rest: Partial<Parameters<FilesService['write']>[0]> = {}) =>
  service.write({ ...at(path), text, expectedVersion, encoding: 'utf-8', lineEnding: 'lf', ...rest })

describe('list', () => {
  it('gives folders first, then names in the order people count', async () => {
    files.put('/project/.cortex-0123456789abcdef.tmp', 'half')
    const listing = await service.list(at(''))
    expect(listing.entries.map(entry => entry.name)).toEqual(['folder-link', 'src', 'b 9', 'b 10', 'leaves', 'linked.ts', 'README.md'])
    expect(listing).toMatchObject({ total: 7, isTruncated: false })
    expect(listing.entries.find(entry => entry.name === 'linked.ts')).toMatchObject({ kind: 'file', isLink: true, path: 'linked.ts' })
    expect((await service.list(at('folder-link'))).entries[0]?.path).toBe('folder-link/a.ts')
  })

  it.each([
    ['absent', 'FOLDER_NOT_FOUND'],
    ['README.md', 'NOT_A_FOLDER'],
    ['../', 'PATH_OUTSIDE_WORKSPACE'],
  ])('refuses %s with %s', async (path, expected) => {
    await expect(service.list(at(path))).rejects.toEqual(code(expected))
  })

  it('says that a folder cannot be read', async () => {
    files.unreadable.add('/project/src')
    await expect(service.list(at('src'))).rejects.toEqual(code('FOLDER_UNREADABLE'))
  })

  it('needs an open workspace', async () => {
    await expect(service.list({ workspaceId: 'unknown', path: '' })).rejects.toEqual(code('WORKSPACE_NOT_FOUND'))
  })
})

describe('stat and read', () => {
  it('describes one entry, or none', async () => {
    expect(await service.stat(at('src'))).toMatchObject({ name: 'src', kind: 'folder' })
    expect(await service.stat(at('leaves'))).toMatchObject({ isLink: true })
    expect(await service.stat(at('absent'))).toBeNull()
    files.failNext('stat', 'EACCES')
    await expect(service.stat(at('src'))).rejects.toEqual(code('FILE_UNREADABLE'))
  })

  it('reads text with what is needed to write it back', async () => {
    expect(await service.read(at('README.md'))).toMatchObject({ text: '# Read me\r\n', encoding: 'utf-8', lineEnding: 'crlf', sizeBytes: 11, hasInvalidText: false, isReadOnly: false })
    files.readOnly.add('/project/src/a.ts')
    expect((await service.read(at('linked.ts'))).isReadOnly).toBe(true)
  })

  it('opens a file with invalid text read-only and never writes over it', async () => {
    files.put('/project/latin.txt', Buffer.from([0x63, 0x61, 0x66, 0xe9]))
    const content = await service.read(at('latin.txt'))
    expect(content).toMatchObject({ hasInvalidText: true, isReadOnly: true })
    await expect(write('latin.txt', content.text, content.version)).rejects.toEqual(code('FILE_NOT_WRITABLE'))
  })

  it('refuses what is no text, too large, outside, absent or unreadable', async () => {
    files.put('/project/picture', Buffer.from([0x89, 0x50, 0, 1]))
    files.put('/project/huge', new Uint8Array(50_000_001))
    await expect(service.read(at('picture'))).rejects.toMatchObject({ code: 'FILE_BINARY', data: { path: 'picture', sizeBytes: 4 } })
    await expect(service.read(at('huge'))).rejects.toMatchObject({ code: 'FILE_TOO_LARGE', data: { sizeBytes: 50_000_001, limitBytes: 50_000_000 } })
    await expect(service.read(at('leaves'))).rejects.toEqual(code('PATH_OUTSIDE_WORKSPACE'))
    await expect(service.read(at('absent'))).rejects.toEqual(code('FILE_NOT_FOUND'))
    await expect(service.read(at('src'))).rejects.toEqual(code('FILE_UNREADABLE'))
    files.unreadable.add('/project/src/a.ts')
    await expect(service.read(at('src/a.ts'))).rejects.toEqual(code('FILE_UNREADABLE'))
  })
})

describe('write', () => {
  it('replaces a file that is as it was, keeping marks and line endings', async () => {
    const { version } = await service.read(at('README.md'))
    const written = await write('README.md', '# Read\nme\n', version, { lineEnding: 'crlf', encoding: 'utf-8-bom' })
    expect(files.text('/project/README.md')).toBe('# Read\r\nme\r\n')
    expect(written.sizeBytes).toBe(15)
    expect((await service.read(at('README.md'))).version).toBe(written.version)
  })

  it('writes through a link to its target', async () => {
    await write('linked.ts', 'new', null)
    expect(files.text('/project/src/a.ts')).toBe('new')
    expect(await service.stat(at('linked.ts'))).toMatchObject({ isLink: true })
    await expect(write('leaves', 'x', null)).rejects.toEqual(code('PATH_OUTSIDE_WORKSPACE'))
    expect(files.text('/secret')).toBe('no')
  })

  it('notices a file that was changed or deleted meanwhile', async () => {
    const { version } = await service.read(at('src/a.ts'))
    files.put('/project/src/a.ts', 'changed by another')
    const { version: now } = await service.read(at('src/a.ts'))
    await expect(write('src/a.ts', 'mine', version)).rejects.toMatchObject({ code: 'FILE_CHANGED_ON_DISK', data: { path: 'src/a.ts', version: now } })
    expect(files.text('/project/src/a.ts')).toBe('changed by another')
    await files.trash('/project/src/a.ts')
    await expect(write('src/a.ts', 'mine', version)).rejects.toMatchObject({ code: 'FILE_CHANGED_ON_DISK', data: { version: null } })
    await write('src/a.ts', 'mine', null)
    expect(files.text('/project/src/a.ts')).toBe('mine')
  })

  it('lets only one of two writers win', async () => {
    const { version } = await service.read(at('src/a.ts'))
    const results = await Promise.allSettled([write('src/a.ts', 'first', version), write('src/a.ts', 'second', version)])
    expect(results.map(result => result.status)).toEqual(['fulfilled', 'rejected'])
    expect(files.text('/project/src/a.ts')).toBe('first')
  })

  it('makes the folders above a new file', async () => {
    await write('new/folder/c.ts', 'c', null)
    expect(files.text('/project/new/folder/c.ts')).toBe('c')
  })

  it.each([
    ['ENOSPC', 'DISK_FULL'],
    ['EACCES', 'FILE_NOT_WRITABLE'],
  ])('says what %s means and leaves the old file', async (fault, expected) => {
    files.failNext('replace', fault)
    await expect(write('src/a.ts', 'x', null)).rejects.toEqual(code(expected))
    expect(files.text('/project/src/a.ts')).toBe('const a = 1\n')
    await write('src/a.ts', 'x', null)
  })

  it('refuses names that cannot be', async () => {
    await expect(write('n'.repeat(256), 'x', null)).rejects.toEqual(code('FILE_NAME_INVALID'))
  })
})

describe('create, move and trash', () => {
  it('creates files and folders with any name, once', async () => {
    expect(await service.create({ ...at('deep/two\nlines 🌊'), kind: 'file' })).toMatchObject({ name: 'two\nlines 🌊', kind: 'file', sizeBytes: 0 })
    expect(await service.create({ ...at('n'.repeat(255)), kind: 'folder' })).toMatchObject({ kind: 'folder' })
    await expect(service.create({ ...at('src'), kind: 'folder' })).rejects.toEqual(code('FILE_EXISTS'))
    await expect(service.create({ ...at('README.md'), kind: 'file' })).rejects.toEqual(code('FILE_EXISTS'))
    await expect(service.create({ ...at('é'.repeat(128)), kind: 'file' })).rejects.toEqual(code('FILE_NAME_INVALID'))
    files.failNext('createFile', 'ENOSPC')
    await expect(service.create({ ...at('full'), kind: 'file' })).rejects.toEqual(code('DISK_FULL'))
  })

  it('moves inside the workspace and never overwrites', async () => {
    expect(await service.move({ workspaceId, from: 'src', to: 'lib/code' })).toMatchObject({ path: 'lib/code', kind: 'folder' })
    expect(files.text('/project/lib/code/a.ts')).toBe('const a = 1\n')
    await expect(service.move({ workspaceId, from: 'README.md', to: 'b 9' })).rejects.toEqual(code('FILE_EXISTS'))
    await expect(service.move({ workspaceId, from: 'absent', to: 'x' })).rejects.toEqual(code('FILE_NOT_FOUND'))
    await expect(service.move({ workspaceId, from: '', to: 'x' })).rejects.toEqual(code('PATH_OUTSIDE_WORKSPACE'))
    await expect(service.move({ workspaceId, from: 'README.md', to: '../x' })).rejects.toEqual(code('PATH_OUTSIDE_WORKSPACE'))
  })

  it('trashes the link, not its target, and never the workspace', async () => {
    await service.trash(at('leaves'))
    expect(files.trashed).toEqual(['/project/leaves'])
    expect(files.text('/secret')).toBe('no')
    await expect(service.trash(at(''))).rejects.toEqual(code('PATH_OUTSIDE_WORKSPACE'))
    await expect(service.trash(at('absent'))).rejects.toEqual(code('FILE_NOT_FOUND'))
    files.failNext('trash', 'EXDEV')
    await expect(service.trash(at('src'))).rejects.toEqual(code('TRASH_FAILED'))
    expect(files.text('/project/src/a.ts')).not.toBeNull()
  })
})

describe('watch', () => {
  it('yields a snapshot, then changes by relative path', async () => {
    const events = await service.watch(workspaceId)
    expect((await events.next()).value).toEqual({ type: 'snapshot' })
    watcher.emit('/project', { type: 'changed', changes: [{ path: '/project/src/a.ts', kind: 'updated' }] })
    expect((await events.next()).value).toEqual({ type: 'changed', changes: [{ path: 'src/a.ts', kind: 'updated' }] })
    await events.return()
    expect(watcher.watchers('/project')).toBe(0)
  })
})
