import { execFileSync } from 'node:child_process'
import fs from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DiskFiles } from './disk-files.ts'

const files = new DiskFiles()
let folder: string
beforeEach(async () => {
  folder = await fs.realpath(await fs.mkdtemp(join(tmpdir(), 'disk-')))
})
afterEach(() => fs.rm(folder, { recursive: true, force: true }))

describe('DiskFiles', () => {
  it('tells files, folders, links and what links lead to', async () => {
    await fs.writeFile(join(folder, 'file'), '123')
    await fs.mkdir(join(folder, 'folder'))
    await fs.symlink('file', join(folder, 'to-file'))
    await fs.symlink('folder', join(folder, 'to-folder'))
    await fs.symlink('nothing', join(folder, 'to-nothing'))
    await fs.symlink('circle', join(folder, 'circle'))
    const stat = async (name: string): Promise<unknown> => files.stat(join(folder, name))
    expect(await stat('file')).toMatchObject({ kind: 'file', isLink: false, sizeBytes: 3 })
    expect(await stat('folder')).toMatchObject({ kind: 'folder', isLink: false })
    expect(await stat('to-file')).toMatchObject({ kind: 'file', isLink: true, sizeBytes: 3 })
    expect(await stat('to-folder')).toMatchObject({ kind: 'folder', isLink: true })
    expect(await stat('to-nothing')).toMatchObject({ kind: 'other', isLink: true })
    expect(await stat('circle')).toMatchObject({ kind: 'other', isLink: true })
    expect(await stat('absent')).toBeNull()
    expect(await stat('file/below')).toBeNull()
    const items = await files.items(folder)
    expect(Object.fromEntries(items.map(item => [item.name, item.kind]))).toEqual({ file: 'file', folder: 'folder', 'to-file': 'link', 'to-folder': 'link', 'to-nothing': 'link', circle: 'link' })
  })

  it('reads up to a limit', async () => {
    const path = join(folder, 'a')
    await fs.writeFile(path, '12345')
    expect(await files.read(path, 5)).toEqual({ sizeBytes: 5, bytes: Buffer.from('12345') })
    expect(await files.read(path, 4)).toEqual({ sizeBytes: 5, bytes: null })
  })

  it('refuses to read a folder', async () => {
    await expect(files.read(folder, 10)).rejects.toMatchObject({ code: 'EISDIR' })
  })

  it.skipIf(process.platform === 'win32')('refuses to wait for a named pipe (skipped on Windows: it needs POSIX)', async () => {
    const path = join(folder, 'pipe')
    execFileSync('mkfifo', [path])
    await expect(files.read(path, 10)).rejects.toMatchObject({ code: 'ENXIO' })
    expect(await files.stat(path)).toMatchObject({ kind: 'other', isLink: false })
    expect((await files.items(folder))[0]?.kind).toBe('other')
  })

  it('creates files once, and folders with those above', async () => {
    await files.createFolder(join(folder, 'a/b'))
    await files.createFolder(join(folder, 'a/b'))
    await files.createFile(join(folder, 'a/b/c'))
    await expect(files.createFile(join(folder, 'a/b/c'))).rejects.toMatchObject({ code: 'EEXIST' })
    expect(await files.canRead(join(folder, 'a/b/c'))).toBe(true)
    expect(await files.canWrite(join(folder, 'a/b/c'))).toBe(true)
    expect(await files.canWrite(join(folder, 'absent'))).toBe(false)
  })

  it('moves without ever overwriting', async () => {
    await fs.writeFile(join(folder, 'a'), 'a')
    await fs.writeFile(join(folder, 'b'), 'b')
    await expect(files.move(join(folder, 'a'), join(folder, 'b'))).rejects.toMatchObject({ code: 'EEXIST' })
    await expect(files.move(join(folder, 'a'), join(folder, 'a'))).rejects.toMatchObject({ code: 'EEXIST' })
    await files.move(join(folder, 'a'), join(folder, 'c'))
    expect((await fs.readdir(folder)).sort()).toEqual(['b', 'c'])
    await expect(files.move(join(folder, 'absent'), join(folder, 'd'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('moves a link, not what it leads to', async () => {
    await fs.writeFile(join(folder, 'a'), 'a')
    await fs.symlink('a', join(folder, 'link'))
    await files.move(join(folder, 'link'), join(folder, 'other'))
    expect(await fs.readlink(join(folder, 'other'))).toBe('a')
  })

  it('says so when there is nothing to trash', async () => {
    await expect(files.trash(join(folder, 'absent'))).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
