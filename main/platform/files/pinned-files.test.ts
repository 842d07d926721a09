import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DiskFiles } from './disk-files.ts'
import { PinnedFiles } from './pinned-files.ts'

let top: string
beforeEach(() => {
  top = realpathSync(mkdtempSync(join(tmpdir(), 'pinned-')))
  mkdirSync(join(top, 'root/src'), { recursive: true })
  mkdirSync(join(top, 'outside'))
  writeFileSync(join(top, 'root/src/a.txt'), 'inside')
  writeFileSync(join(top, 'outside/a.txt'), 'outside')
})
afterEach(() => rmSync(top, { recursive: true, force: true }))

const at = (...parts: string[]): string => join(top, 'root', ...parts)
const bytes = Buffer.from('new')
const loop = { code: expect.stringMatching(/^(ELOOP|ENOTDIR)$/) }

describe.each<NodeJS.Platform>(process.platform === 'linux' ? ['linux', 'darwin'] : [process.platform])('files whose folders are pinned, as on %s', platform => {
  const files = new PinnedFiles(new DiskFiles(), platform)

  it('does what the disk does while nothing is swapped', async () => {
    expect(Buffer.from((await files.read(at('src/a.txt'), 100)).bytes ?? []).toString()).toBe('inside')
    await files.replace(at('src/a.txt'), bytes)
    expect(readFileSync(at('src/a.txt'), 'utf8')).toBe('new')
    await files.createFile(at('src/b.txt'))
    await files.createFolder(at('deep/er/still'))
    await files.createFolder(at('deep/er'))
    await files.move(at('src/b.txt'), at('deep/er/b.txt'))
    expect((await files.items(at('deep/er'))).map(item => item.name).sort()).toEqual(['b.txt', 'still'])
    expect(await files.stat(at('src/b.txt'))).toBeNull()
    expect(await files.canRead(at('src/a.txt'))).toBe(true)
    expect(await files.canWrite(at('src/a.txt'))).toBe(true)
    expect(await files.realPath(at('src'))).toBe(at('src'))
    expect(readdirSync(at('src'))).toEqual(['a.txt'])
  })

  it('refuses every step through a folder that became a link', async () => {
    renameSync(at('src'), at('aside'))
    symlinkSync(join(top, 'outside'), at('src'))
    for (const step of [
      () => files.read(at('src/a.txt'), 100),
      () => files.items(at('src')),
      () => files.replace(at('src/a.txt'), bytes),
      () => files.createFile(at('src/b.txt')),
      () => files.createFolder(at('src/c')),
      () => files.move(at('src/a.txt'), at('taken.txt')),
      () => files.move(at('aside/a.txt'), at('src/put.txt')),
      () => files.trash(at('src/a.txt')),
    ]) await expect(step()).rejects.toMatchObject(loop)
    expect(readdirSync(join(top, 'outside'))).toEqual(['a.txt'])
    expect(readFileSync(join(top, 'outside/a.txt'), 'utf8')).toBe('outside')
  })

  it('does not follow a file that became a link', async () => {
    rmSync(at('src/a.txt'))
    symlinkSync(join(top, 'outside/a.txt'), at('src/a.txt'))
    await expect(files.read(at('src/a.txt'), 100)).rejects.toMatchObject({ code: 'ELOOP' })
    await files.replace(at('src/a.txt'), bytes)
    expect(readFileSync(join(top, 'outside/a.txt'), 'utf8')).toBe('outside')
  })

  it('tells a folder from a file in its way', async () => {
    await expect(files.createFolder(at('src/a.txt/below'))).rejects.toMatchObject({ code: 'ENOTDIR' })
    await expect(files.items(at('absent'))).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
