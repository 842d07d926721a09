import { isAbsolute, join, posix } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AppError } from '#shared/errors.ts'
import { FakeFiles } from './fake-files.ts'
import { isInside, pathParts, resolveInWorkspace, toRelativePath } from './workspace-path.ts'

const nasty = fc.array(fc.oneof(fc.constantFrom('..', '.', '', '/', '//', '\\', '..\\', '%2e%2e', 'C:', 'c:\\', '\0', '\n', '🌊', 'ａ', 'CON', '~', '...', '..;', ' ..', '.. '), fc.string({ maxLength: 6 })), { maxLength: 8 })

describe('pathParts', () => {
  it('takes relative paths with any names', () => {
    expect(pathParts('')).toEqual([])
    expect(pathParts('src/a b/🌊\n.ts', 'linux')).toEqual(['src', 'a b', '🌊\n.ts'])
    expect(pathParts('a:b\\c', 'linux')).toEqual(['a:b\\c'])
  })

  it.each(['..', '../a', 'a/../b', '/etc', 'a//b', './a', 'a/', 'a\0b', '.'])('refuses %j', path => {
    expect(() => pathParts(path, 'linux')).toThrow(expect.objectContaining({ code: 'PATH_OUTSIDE_WORKSPACE' }))
  })

  it.each(['C:/x', 'C:x', 'a\\..\\b', '\\\\server\\share', 'file.txt:stream'])('refuses %j on Windows', path => {
    expect(() => pathParts(path, 'win32')).toThrow(expect.objectContaining({ code: 'PATH_OUTSIDE_WORKSPACE' }))
  })

  it('never lets a path leave its root, whatever is put together', () => {
    fc.assert(
      fc.property(nasty, fc.constantFrom('/', ''), fc.constantFrom<NodeJS.Platform>('linux', 'win32', 'darwin'), (pieces, between, platform) => {
        const path = pieces.join(between)
        let parts: string[]
        try {
          parts = pathParts(path, platform)
        } catch (error) {
          expect(error).toBeInstanceOf(AppError)
          return
        }
        const joined = posix.join('/top/folder', ...parts)
        expect(isInside('/top/folder', joined)).toBe(true)
        expect(parts.join('/')).toBe(path)
        expect(path).not.toContain('\0')
        if (platform === 'win32') expect(path).not.toMatch(/[\\:]/)
      }),
      { numRuns: 5000 },
    )
  })
})

describe('isInside', () => {
  it('compares whole names', () => {
    expect(isInside('/a/b', '/a/b')).toBe(true)
    expect(isInside('/a/b', '/a/b/c')).toBe(true)
    expect(isInside('/a/b', '/a/bc')).toBe(false)
    expect(isInside('/', '/a')).toBe(true)
  })
})

describe('resolveInWorkspace', () => {
  const disk = (): FakeFiles => {
    const files = new FakeFiles({ '/project/src/a.ts': 'a', '/secret/key': 'k' })
    files.putLink('/project/inside', 'src')
    files.putLink('/project/outside', '/secret')
    files.putLink('/project/up', '../secret/key')
    files.putLink('/project/dangling', '/secret/not-there')
    files.putLink('/project/circle', 'circle')
    return files
  }
  const resolve = (path: string, keepsLastLink = false): Promise<string> => resolveInWorkspace(disk(), '/project', path, { keepsLastLink })
  const outside = expect.objectContaining({ code: 'PATH_OUTSIDE_WORKSPACE' })

  it('gives the workspace for the empty path', async () => {
    expect(await resolve('')).toBe('/project')
  })

  it('follows links inside, so that writing goes to their target', async () => {
    expect(await resolve('inside/a.ts')).toBe('/project/src/a.ts')
  })

  it('appends what does not exist yet', async () => {
    expect(await resolve('new/folder/b.ts')).toBe('/project/new/folder/b.ts')
    expect(await resolve('inside/new.ts')).toBe('/project/src/new.ts')
  })

  it.each(['outside', 'outside/key', 'outside/new', 'up'])('refuses the link %s that leaves', async path => {
    await expect(resolve(path)).rejects.toEqual(outside)
  })

  it('refuses to write through a link to nothing', async () => {
    await expect(resolve('dangling')).rejects.toMatchObject({ code: 'ENOENT' })
    await expect(resolve('dangling/below')).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('ends on a circle', async () => {
    await expect(resolve('circle')).rejects.toMatchObject({ code: 'ELOOP' })
  })

  it('means the link itself when asked to', async () => {
    expect(await resolve('outside', true)).toBe('/project/outside')
    expect(await resolve('inside/new', true)).toBe('/project/src/new')
    await expect(resolve('outside/key', true)).rejects.toEqual(outside)
  })

  it('stays inside for any path over a disk with links', async () => {
    const names = fc.constantFrom('src', 'a.ts', 'inside', 'outside', 'up', 'dangling', 'circle', 'new', '..', '.', '', 'key')
    await fc.assert(
      fc.asyncProperty(fc.array(names, { maxLength: 5 }), fc.boolean(), async (parts, keepsLastLink) => {
        const result = await resolve(parts.join('/'), keepsLastLink).catch(() => null)
        if (result !== null) expect(isInside('/project', result)).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('toRelativePath', () => {
  it('turns back what was joined', () => {
    expect(toRelativePath('/project', '/project/src/a.ts')).toBe('src/a.ts')
    expect(toRelativePath('/project', '/project')).toBe('')
    expect(isAbsolute(join('/project', 'a'))).toBe(true)
  })
})
