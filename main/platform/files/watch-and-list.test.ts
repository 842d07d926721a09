import fs from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { WatchBatch } from './folder-watcher.ts'
import { ParcelFolderWatcher } from './parcel-folder-watcher.ts'
import { RipgrepFileLister } from './ripgrep-file-lister.ts'
import { watchFile } from './watch-file.ts'

let folder: string
beforeEach(async () => {
  folder = await fs.realpath(await fs.mkdtemp(join(tmpdir(), 'watch-')))
})
afterEach(() => fs.rm(folder, { recursive: true, force: true }))

async function list(signal = new AbortController().signal): Promise<string[]> {
  const found: string[] = []
  for await (const paths of new RipgrepFileLister().list(folder, signal)) found.push(...paths)
  return found.sort()
}

describe('ParcelFolderWatcher', () => {
  it('tells what others do, stays out of ignored folders and survives a circle of links', async () => {
    await fs.mkdir(join(folder, 'node_modules'))
    await fs.mkdir(join(folder, 'src'))
    await fs.symlink('..', join(folder, 'src/up'))
    await fs.symlink('circle', join(folder, 'circle'))
    const seen = new Map<string, string>()
    const batches: WatchBatch[] = []
    const stop = await new ParcelFolderWatcher().watch(folder, ['node_modules'], batch => {
      batches.push(batch)
      if (batch.type === 'changed') for (const change of batch.changes) seen.set(change.path, change.kind)
    })
    await fs.writeFile(join(folder, 'node_modules/x.js'), 'x')
    // A busy system may tell the making and the writing of a file apart.
    await fs.writeFile(join(folder, 'src/a.ts'), 'a')
    await vi.waitFor(() => expect(seen.get(join(folder, 'src/a.ts'))).toMatch(/created|updated/), { timeout: 20_000 })
    await fs.writeFile(join(folder, 'src/a.ts'), 'b')
    await vi.waitFor(() => expect(seen.get(join(folder, 'src/a.ts'))).toBe('updated'), { timeout: 20_000 })
    await fs.rm(join(folder, 'src/a.ts'))
    await vi.waitFor(() => expect(seen.get(join(folder, 'src/a.ts'))).toBe('deleted'), { timeout: 20_000 })
    expect([...seen.keys()].filter(path => path.includes('node_modules/'))).toEqual([])
    await stop()
  })

  it('fails where there is no folder', async () => {
    await expect(new ParcelFolderWatcher().watch(join(folder, 'absent'), [], () => undefined)).rejects.toThrow()
  })
})

describe('RipgrepFileLister', () => {
  it('names files with any characters, without ignored ones and without following links', async () => {
    for (const name of ['a.ts', '.env', 'two\nlines', '🌊.md']) await fs.writeFile(join(folder, name), '')
    for (const name of ['.git', 'node_modules', 'src', 'dist']) await fs.mkdir(join(folder, name))
    for (const name of ['.git/config', 'node_modules/x.js', 'src/b.ts', 'dist/out.js']) await fs.writeFile(join(folder, name), '')
    await fs.writeFile(join(folder, '.gitignore'), 'dist\n')
    await fs.symlink('..', join(folder, 'src/up'))
    expect(await list()).toEqual(['.env', '.gitignore', 'a.ts', 'src/b.ts', 'two\nlines', '🌊.md'].sort())
  })

  it('lists nothing of an empty folder and fails for a missing one', async () => {
    expect(await list()).toEqual([])
    await fs.rm(folder, { recursive: true })
    await expect(list()).rejects.toThrow()
  })

  it('ends when it is aborted', async () => {
    const controller = new AbortController()
    controller.abort()
    await expect(list(controller.signal)).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('does not read the configuration of the person', async () => {
    await fs.writeFile(join(folder, 'a.ts'), '')
    process.env['RIPGREP_CONFIG_PATH'] = join(folder, 'a.ts')
    expect(await list()).toEqual(['a.ts'])
    delete process.env['RIPGREP_CONFIG_PATH']
  })
})

describe('watchFile', () => {
  it('hears of a file that comes, is replaced and goes, and of no other', async () => {
    const path = join(folder, 'settings.jsonc')
    const heard = vi.fn()
    const stop = watchFile(path, heard)
    await fs.writeFile(join(folder, 'other'), 'x')
    await fs.writeFile(path, 'a')
    await vi.waitFor(() => expect(heard).toHaveBeenCalled(), { timeout: 20_000 })
    heard.mockClear()
    await fs.rename(join(folder, 'other'), path)
    await vi.waitFor(() => expect(heard).toHaveBeenCalled(), { timeout: 20_000 })
    heard.mockClear()
    await fs.rm(path)
    await vi.waitFor(() => expect(heard).toHaveBeenCalled(), { timeout: 20_000 })
    stop()
  })
})
