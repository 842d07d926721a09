import { describe, expect, it } from 'vitest'
import type { FileEntry } from '#shared/contract/files.ts'
import { between, treeKey, typeAhead } from './tree-keys.ts'
import { visibleRows } from './visible-rows.ts'

const entry = (path: string, kind: FileEntry['kind'] = 'file'): FileEntry => ({ name: path.slice(path.lastIndexOf('/') + 1), path, kind, isLink: false, sizeBytes: 0, modifiedAt: new Date(0) })
const list = (...entries: FileEntry[]) => ({ entries, total: entries.length, failure: null })
const rows = visibleRows({
  folders: new Map([['', list(entry('src', 'folder'), entry('tests', 'folder'), entry('a.ts'), entry('b.ts'))], ['src', list(entry('src/cli.ts'))]]),
  expanded: new Set(['src']),
  edit: null,
}).filter(row => row.kind === 'entry')
const press = (focused: string | null, key: string, shiftKey = false) => treeKey(rows, focused, { key, shiftKey }, 2)

describe('keys of the tree', () => {
  it('moves row by row and stops at the ends', () => {
    expect(press(null, 'ArrowDown')).toMatchObject({ path: 'src' })
    expect(press('src', 'ArrowDown')).toMatchObject({ path: 'src/cli.ts' })
    expect(press('b.ts', 'ArrowDown')).toMatchObject({ path: 'b.ts' })
    expect(press('src', 'ArrowUp')).toMatchObject({ path: 'src' })
    expect([press('a.ts', 'Home'), press('src', 'End'), press('src', 'PageDown')]).toMatchObject([{ path: 'src' }, { path: 'b.ts' }, { path: 'tests' }])
    expect(press('src', 'ArrowDown', true)).toMatchObject({ isExtending: true })
  })

  it('opens and closes folders, and goes in and out', () => {
    expect(press('tests', 'ArrowRight')).toEqual({ do: 'expand', path: 'tests' })
    expect(press('src', 'ArrowRight')).toMatchObject({ do: 'focus', path: 'src/cli.ts' })
    expect(press('src/cli.ts', 'ArrowLeft')).toMatchObject({ do: 'focus', path: 'src' })
    expect(press('src', 'ArrowLeft')).toEqual({ do: 'collapse', path: 'src' })
    expect(press('a.ts', 'ArrowLeft')).toBeNull()
  })

  it('opens a file with Enter, shows it with Space', () => {
    expect([press('a.ts', 'Enter'), press('a.ts', ' ')]).toEqual([{ do: 'open', path: 'a.ts', takesFocus: true }, { do: 'open', path: 'a.ts', takesFocus: false }])
    expect(press('src', 'Enter')).toEqual({ do: 'toggle', path: 'src' })
    expect(press('src', '*')).toEqual({ do: 'expand-level', paths: ['src', 'tests'] })
  })

  it('finds names by their first letters', () => {
    expect([typeAhead(rows, 'src', 'b'), typeAhead(rows, 'b.ts', 's'), typeAhead(rows, 'src', 'te'), typeAhead(rows, 'src', 'x')]).toEqual(['b.ts', 'src', 'tests', null])
  })

  it('selects what lies between', () => {
    expect(between(rows, 'a.ts', 'src/cli.ts')).toEqual(['src/cli.ts', 'tests', 'a.ts'])
  })
})
