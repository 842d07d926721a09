import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { foldersAbove, freeName, isInside, joinPath, movedPath, nameOf, nameProblem, parentOf, shownName } from './relative-path.ts'

const part = fc.string({ minLength: 1, maxLength: 12 }).filter(text => !text.includes('/'))
const path = fc.array(part, { minLength: 1, maxLength: 5 }).map(parts => parts.join('/'))

describe('relative paths', () => {
  it('puts together what it took apart', () => {
    fc.assert(fc.property(path, whole => joinPath(parentOf(whole), nameOf(whole)) === whole))
  })

  it('moves what stands inside a folder and nothing else', () => {
    fc.assert(
      fc.property(path, path, path, (whole, from, to) => {
        const moved = movedPath(whole, from, to)
        return isInside(whole, from) ? isInside(moved, to) : moved === whole
      }),
    )
  })

  it('does not take a longer name for a folder', () => {
    expect(isInside('src-old/a.ts', 'src')).toBe(false)
    expect(movedPath('src-old/a.ts', 'src', 'lib')).toBe('src-old/a.ts')
  })

  it('names the folders above, outermost first', () => {
    expect(foldersAbove('a/b/c.ts')).toEqual(['a', 'a/b'])
    expect(foldersAbove('c.ts')).toEqual([])
  })

  it('finds a free name beside those taken', () => {
    expect(freeName('tax.ts', new Set(['tax.ts']))).toBe('tax copy.ts')
    expect(freeName('tax.ts', new Set(['tax.ts', 'tax copy.ts']))).toBe('tax copy 2.ts')
    expect(freeName('.env', new Set(['.env']))).toBe('.env copy')
    fc.assert(fc.property(part, fc.array(part), (name, others) => !others.includes(freeName(name, new Set(others)))))
  })

  it('says what is wrong with a name', () => {
    expect(nameProblem('a/b.ts')).toBeNull()
    expect(nameProblem('  ')).toMatch(/Type a name/)
    expect(nameProblem('a/../b')).not.toBeNull()
    expect(nameProblem('é'.repeat(128))).toMatch(/255 bytes/)
    expect(nameProblem('é'.repeat(127))).toBeNull()
    expect(nameProblem('🙂'.repeat(64))).toMatch(/255 bytes/)
  })

  it('shows a name on one line', () => {
    expect(shownName('a\nb')).toBe('a␊b')
    expect(shownName('evil\u202Etxt.exe')).toBe('evil\ufffdtxt.exe')
  })
})
