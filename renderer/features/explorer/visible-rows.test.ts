import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FileEntry } from '#shared/contract/files.ts'
import { joinPath, parentOf } from '#shared/relative-path.ts'
import type { FolderContent } from './explorer-store.ts'
import { visibleRows } from './visible-rows.ts'

function entry(path: string, kind: FileEntry['kind'] = 'file'): FileEntry {
  return { name: path.slice(path.lastIndexOf('/') + 1), path, kind, isLink: false, sizeBytes: 1, modifiedAt: new Date(0) }
}

function content(...entries: FileEntry[]): FolderContent {
  return { entries, total: entries.length, failure: null }
}

const root = content(entry('src', 'folder'), entry('docs', 'folder'), entry('a.ts'))
const src = content(entry('src/b.ts'))

describe('the rows of the explorer', () => {
  it('shows what is expanded, in place and one step further in', () => {
    const rows = visibleRows({ folders: new Map([['', root], ['src', src]]), expanded: new Set(['src']), edit: null })
    expect(rows.map(row => [row.key, row.depth])).toEqual([['src', 0], ['src/b.ts', 1], ['docs', 0], ['a.ts', 0]])
  })

  it('keeps expanded folders that are not read yet, and says so', () => {
    const rows = visibleRows({ folders: new Map([['', root]]), expanded: new Set(['src']), edit: null })
    expect(rows[1]).toMatchObject({ kind: 'message', text: 'Loading', depth: 1 })
  })

  it('puts the field of a new entry first in its folder and that of a rename in its place', () => {
    const folders = new Map([['', root], ['src', src]])
    const created = visibleRows({ folders, expanded: new Set(['src']), edit: { kind: 'create', folder: 'src', entryKind: 'file' } })
    expect(created.map(row => row.key).slice(0, 3)).toEqual(['src', 'create:src', 'src/b.ts'])
    const renamed = visibleRows({ folders, expanded: new Set(), edit: { kind: 'rename', path: 'a.ts', folder: '' } })
    expect(renamed.at(-1)).toMatchObject({ kind: 'name', key: 'rename:a.ts' })
  })

  it('says when a folder is empty, unreadable or shown in part', () => {
    const folders = new Map<string, FolderContent>([
      ['', content(entry('empty', 'folder'), entry('locked', 'folder'), entry('full', 'folder'))],
      ['empty', content()],
      ['locked', { entries: [], total: 0, failure: new Error('no') }],
      ['full', { entries: [entry('full/a')], total: 12_000, failure: null }],
    ])
    const texts = visibleRows({ folders, expanded: new Set(['empty', 'locked', 'full']), edit: null }).flatMap(row => (row.kind === 'message' ? [row.text] : []))
    expect(texts).toEqual(['Empty', 'This folder could not be read. Try again', '1 of 12,000 entries are shown'])
  })

  it("leaves out git's own folder, and no file or folder of a similar name", () => {
    const folders = new Map([['', content(entry('.git', 'folder'), entry('.github', 'folder'), entry('sub', 'folder'), entry('.gitignore'))], ['sub', content(entry('sub/.git'))]])
    const rows = visibleRows({ folders, expanded: new Set(['sub']), edit: null })
    expect(rows.map(row => row.key)).toEqual(['.github', 'sub', 'sub/.git', '.gitignore'])
    expect(rows[0]).toMatchObject({ position: 1, count: 3 })
    expect(visibleRows({ folders: new Map([['', content(entry('.git', 'folder'))]]), expanded: new Set(), edit: null })).toEqual([])
  })

  it('has one row for each entry whose folders are all expanded, each key once', () => {
    const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 4 })
    fc.assert(
      fc.property(names, names, fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'a/a', 'b/a')), (first, second, open) => {
        const folders = new Map<string, FolderContent>([['', content(...first.map(name => entry(name, 'folder')))]])
        for (const name of first) folders.set(name, content(...second.map(inner => entry(joinPath(name, inner), 'folder'))))
        const expanded = new Set<string>(open)
        const shown = visibleRows({ folders, expanded, edit: null })
        const entries = shown.filter(row => row.kind === 'entry').map(row => row.key)
        expect(new Set(shown.map(row => row.key)).size).toBe(shown.length)
        for (const path of entries) expect(parentOf(path) === '' || expanded.has(parentOf(path))).toBe(true)
        const expected = first.length + first.filter(name => expanded.has(name)).length * second.length
        expect(entries.length).toBe(expected)
      }),
    )
  })
})
