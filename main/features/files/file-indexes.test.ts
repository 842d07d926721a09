import { beforeEach, describe, expect, it, vi } from 'vitest'
import { FakeFileLister } from '../../platform/files/fake-file-lister.ts'
import { FakeFolderWatcher } from '../../platform/files/fake-folder-watcher.ts'
import { FakeLog } from '../../platform/log/fake-log.ts'
import { FileIndexes } from './file-indexes.ts'
import { PathSearch } from './path-search.ts'
import { WorkspaceChanges } from './workspace-changes.ts'

let watcher: FakeFolderWatcher
let lister: FakeFileLister
let indexes: FileIndexes
const log = new FakeLog()
beforeEach(() => {
  watcher = new FakeFolderWatcher()
  lister = new FakeFileLister()
  lister.paths = ['src/server.ts', 'src/service.ts', 'docs/server-notes.md', 'test/a/service.test.ts', 'README.md']
  indexes = new FileIndexes({ lister, changes: new WorkspaceChanges(watcher, log), log })
})

const find = async (query: string, limit = 10): Promise<string[]> => (await indexes.find('/w', query, limit)).files.map(file => file.path)
const change = async (path: string, kind: 'created' | 'updated' | 'deleted'): Promise<void> => {
  watcher.emit('/w', { type: 'changed', changes: [{ path: `/w/${path}`, kind }] })
  await new Promise(resolve => setTimeout(resolve, 150))
}

describe('FileIndexes', () => {
  it('finds by fuzzy query, the best first, with the characters that matched', async () => {
    expect((await find('server.ts'))[0]).toBe('src/server.ts')
    const { files, total, isComplete } = await indexes.find('/w', 'srvc', 10)
    expect(files[0]).toEqual({ path: 'src/service.ts', matches: [0, 1, 7, 9] })
    expect({ total, isComplete }).toEqual({ total: 5, isComplete: true })
    expect(await find('zzz')).toEqual([])
    expect(await find('', 2)).toEqual(['README.md', 'docs/server-notes.md'])
    expect(await find('service', 1)).toEqual(['src/service.ts'])
    // Once at first, and once more when the watcher was ready.
    expect(lister.runs).toBe(2)
  })

  it('prefers the file of that very name to one deep in a folder of it', async () => {
    lister.paths = ['readme/parts/one.md', 'docs/readme-old.md', 'README.md']
    expect(await find('readme')).toEqual(['docs/readme-old.md', 'README.md', 'readme/parts/one.md'].sort((a, b) => a.length - b.length))
  })

  it('follows what is created, deleted and moved', async () => {
    await find('x')
    lister.paths = [...lister.paths, 'src/new-file.ts']
    await change('src/new-file.ts', 'created')
    expect(await find('new-file')).toEqual(['src/new-file.ts'])
    const { runs } = lister
    await change('src/new-file.ts', 'updated')
    await change('src/server.ts', 'deleted')
    expect(await find('server.ts')).not.toContain('src/server.ts')
    await change('test', 'deleted')
    expect(await find('service.test')).toEqual([])
    expect(lister.runs).toBe(runs)
    await change('.gitignore', 'updated')
    await find('x')
    expect(lister.runs).toBe(runs + 1)
    watcher.emit('/w', { type: 'overflow' })
    await new Promise(resolve => setTimeout(resolve, 150))
    await find('x')
    expect(lister.runs).toBe(runs + 2)
  })

  it('answers with what it has when the listing fails, and tries again', async () => {
    lister.failure = new Error('rg is missing')
    expect(await indexes.find('/w', 'a', 5)).toEqual({ files: [], total: 0, isComplete: false })
    expect(log.written.at(-1)).toMatchObject({ level: 'warn' })
    lister.failure = null
    expect(await find('README')).toEqual(['README.md'])
  })

  it('keeps four folders and lets the others go', async () => {
    for (const folder of ['/1', '/2', '/3', '/4', '/5']) await indexes.find(folder, 'a', 1)
    await vi.waitFor(() => expect(watcher.watchers('/1')).toBe(0), { timeout: 20_000 })
    expect(watcher.watchers('/2')).toBe(1)
    indexes.dispose()
    await vi.waitFor(() => expect(watcher.watchers('/5')).toBe(0), { timeout: 20_000 })
  })

  it('stops when the reader has gone', async () => {
    const gone = new AbortController()
    gone.abort()
    await expect(indexes.find('/w', 'a', 5, gone.signal)).rejects.toMatchObject({ name: 'AbortError' })
  })
})

describe('PathSearch', () => {
  const many = (from: number, to: number): Set<string> => new Set(Array.from({ length: to - from }, (_, index) => `src/part-${from + index}/file-${from + index}.ts`))

  it('finds what it holds after any row of changes', async () => {
    const search = new PathSearch()
    search.replace(many(0, 3000))
    search.replace(many(10, 3010))
    expect(search.remove('src/part-20/file-20.ts')).toBe(true)
    expect(search.remove('src/part-20/file-20.ts')).toBe(false)
    expect(await search.find('file-3005', 5)).toMatchObject([{ path: 'src/part-3005/file-3005.ts' }])
    expect((await search.find('file-20.ts', 500)).map(file => file.path)).not.toContain('src/part-20/file-20.ts')
    expect((await search.find('file-5.ts', 500)).map(file => file.path)).not.toContain('src/part-5/file-5.ts')
    search.replace(many(0, 3000))
    expect((await search.find('file-20.ts', 1))[0]?.path).toBe('src/part-20/file-20.ts')
    search.replace(new Set(['other.ts']))
    expect(await search.find('file', 10)).toEqual([])
    expect(search.paths.size).toBe(1)
  })

  it('gives the first by name for an empty query', async () => {
    const search = new PathSearch()
    search.replace(many(0, 3000))
    const all = [...many(0, 3000)].sort()
    expect((await search.find('', 7)).map(file => file.path)).toEqual(all.slice(0, 7))
    expect(await search.find('  ', 5000)).toHaveLength(3000)
  })

  it('takes backslashes for slashes, as people on Windows type them', async () => {
    const search = new PathSearch()
    search.replace(new Set(['src/app/main.ts']))
    expect(await search.find('app\\main', 5)).toHaveLength(1)
  })

  it('ranks a match in the name above any match that needs the folders, however many there are', async () => {
    const search = new PathSearch()
    const inFolder = Array.from({ length: 200 }, (_, index) => `track/a${index}.ts`)
    search.replace(new Set([...inFolder, 'src/some/long/folder/parse-track.ts', 'src/some/long/folder/tiny-rack.ts', 'src/track.ts', 'src/track', 'src/track-all.ts']))
    const found = (await search.find('track', 5)).map(file => file.path)
    expect(found).toEqual(['src/track', 'src/track.ts', 'src/track-all.ts', 'src/some/long/folder/parse-track.ts', 'src/some/long/folder/tiny-rack.ts'])
    expect((await search.find('pars tr', 1))[0]?.path).toBe('src/some/long/folder/parse-track.ts')
  })
})
