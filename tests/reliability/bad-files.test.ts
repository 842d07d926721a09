import { execFile } from 'node:child_process'
import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { startInProcess, type InProcessApp } from '../support/in-process-app.ts'

const run = promisify(execFile)
let folder: string
let work: string
let app: InProcessApp
let workspaceId: string
const at = (path: string) => ({ workspaceId, path })
const code = (expected: string) => expect.objectContaining({ code: expected, defined: true })

beforeEach(async () => {
  folder = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), 'bad-')))
  work = join(folder, 'work')
  fs.mkdirSync(work)
  app = await startInProcess(folder)
  workspaceId = (await app.client.workspaces.open({ path: work })).id
})
afterEach(async () => {
  await app.dispose()
  fs.rmSync(folder, { recursive: true, force: true })
})

describe('bad folders', () => {
  it('a missing one, and a file in its place', async () => {
    fs.writeFileSync(join(folder, 'file'), '')
    await expect(app.client.workspaces.open({ path: join(folder, 'absent') })).rejects.toEqual(code('FOLDER_NOT_FOUND'))
    await expect(app.client.workspaces.open({ path: join(folder, 'file') })).rejects.toEqual(code('NOT_A_FOLDER'))
    fs.rmSync(work, { recursive: true })
    await expect(app.client.files.list(at(''))).rejects.toEqual(code('FOLDER_NOT_FOUND'))
    expect(await app.client.workspaces.recent()).toMatchObject([{ path: work, isMissing: true }])
  })

  it.skipIf(process.platform === 'win32')(`unreadable ones and files, without root${process.platform === 'win32' ? ' (skipped: Windows has no modes of files)' : ''}`, async () => {
    fs.chmodSync(folder, 0o777)
    const { stdout } = await run(process.execPath, [join(import.meta.dirname, '../support/unreadable-script.ts'), fs.mkdtempSync(join(folder, 'unreadable-'))])
    const result = JSON.parse(stdout) as Record<string, unknown>
    expect(result['uid']).not.toBe(0)
    expect(result).toMatchObject({
      openClosedFolder: 'FOLDER_UNREADABLE',
      browseClosedFolder: 'FOLDER_UNREADABLE',
      browsed: ['closed'],
      listClosedFolder: 'FOLDER_UNREADABLE',
      readClosedFile: 'FILE_UNREADABLE',
      readInClosedFolder: 'FILE_UNREADABLE',
      writeClosedFile: 'FILE_NOT_WRITABLE',
      isFixedReadOnly: true,
      writeFixedFile: 'FILE_NOT_WRITABLE',
      writeInFixedFolder: 'FILE_NOT_WRITABLE',
      createInFixedFolder: 'FILE_NOT_WRITABLE',
      moveFromFixedFolder: 'FILE_NOT_WRITABLE',
      writeOpenFile: 'ok',
      listed: ['closed', 'fixed', 'closed.txt', 'fixed.txt', 'open.txt'],
      fixedText: 'as it was',
    })
  })

  it('circles of links: listed, searched and watched without end nowhere', async () => {
    fs.mkdirSync(join(work, 'src'))
    fs.writeFileSync(join(work, 'src/a.ts'), '')
    fs.symlinkSync('..', join(work, 'src/up'))
    fs.symlinkSync('circle', join(work, 'circle'))
    fs.symlinkSync('/', join(work, 'everything'))
    expect((await app.client.files.list(at(''))).entries.map(entry => [entry.name, entry.kind])).toEqual([['everything', 'folder'], ['src', 'folder'], ['circle', 'other']])
    expect((await app.client.files.list(at('src/up/src'))).entries.map(entry => entry.name)).toEqual(['up', 'a.ts'])
    await expect(app.client.files.read(at('circle'))).rejects.toEqual(code('FILE_UNREADABLE'))
    await expect(app.client.files.list(at('everything'))).rejects.toEqual(code('PATH_OUTSIDE_WORKSPACE'))
    await vi.waitFor(async () => expect(await app.client.files.find({ workspaceId, query: 'a.ts' })).toMatchObject({ files: [{ path: 'src/a.ts' }], total: 1 }), 20_000)
    const events = await app.client.files.watch({ workspaceId })
    await events.next()
    fs.writeFileSync(join(work, 'src/a.ts'), 'changed')
    expect((await events.next()).value).toEqual({ type: 'changed', changes: [{ path: 'src/a.ts', kind: 'updated' }] })
    await events.return?.()
  })

  it('100,000 files: listed in part, found, and the host answers meanwhile', async () => {
    for (let index = 0; index < 99_000; index++) fs.closeSync(fs.openSync(join(work, `file-${index}.ts`), 'w'))
    for (let index = 0; index < 100; index++) {
      fs.mkdirSync(join(work, `folder-${index}/deep`), { recursive: true })
      for (let inner = 0; inner < 10; inner++) fs.closeSync(fs.openSync(join(work, `folder-${index}/deep/inner-${index}-${inner}.css`), 'w'))
    }
    const delay = monitorEventLoopDelay({ resolution: 5 })
    delay.enable()
    const started = performance.now()
    const listing = await app.client.files.list(at(''))
    const listed = performance.now()
    expect(listing).toMatchObject({ total: 99_100, isTruncated: true })
    expect(listing.entries).toHaveLength(10_000)
    expect(listing.entries.slice(0, 100).every(entry => entry.kind === 'folder')).toBe(true)
    await vi.waitFor(async () => expect(await app.client.files.find({ workspaceId, query: 'inner-73-4.css' })).toMatchObject({ total: 100_000, isComplete: true }), 60_000)
    const indexed = performance.now()
    expect((await app.client.files.find({ workspaceId, query: 'inner-73-4.css' })).files[0]?.path).toBe('folder-73/deep/inner-73-4.css')
    const found = performance.now()
    delay.disable()
    console.log(`100,000 files: listed in ${Math.round(listed - started)} ms, first search ${Math.round(indexed - listed)} ms, next ${Math.round(found - indexed)} ms, longest pause of the host ${Math.round(delay.max / 1e6)} ms`)
  }, 180_000)
})

describe('bad files', () => {
  it('200 MB: refused with its size, without reading it', async () => {
    fs.writeFileSync(join(work, 'huge.log'), '')
    fs.truncateSync(join(work, 'huge.log'), 200_000_000)
    await expect(app.client.files.read(at('huge.log'))).rejects.toMatchObject({ code: 'FILE_TOO_LARGE', data: { sizeBytes: 200_000_000, limitBytes: 50_000_000 } })
    const entry = (await app.client.files.list(at(''))).entries[0]
    expect(entry).toMatchObject({ name: 'huge.log', sizeBytes: 200_000_000 })
  })

  it('binary: refused; invalid UTF-8: shown and never written over', async () => {
    fs.writeFileSync(join(work, 'picture.png'), Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]))
    const invalid = Buffer.from([0x67, 0x72, 0xfc, 0xdf, 0x65, 0x0a])
    fs.writeFileSync(join(work, 'latin-1.txt'), invalid)
    await expect(app.client.files.read(at('picture.png'))).rejects.toMatchObject({ code: 'FILE_BINARY', data: { sizeBytes: 12 } })
    const content = await app.client.files.read(at('latin-1.txt'))
    expect(content).toMatchObject({ text: 'gr\u{fffd}\u{fffd}e\n', hasInvalidText: true, isReadOnly: true })
    await expect(app.client.files.write({ ...at('latin-1.txt'), text: content.text, expectedVersion: content.version })).rejects.toEqual(code('FILE_NOT_WRITABLE'))
    expect(fs.readFileSync(join(work, 'latin-1.txt'))).toEqual(invalid)
  })

  it('changed or deleted on disk while dirty: nothing of either is lost', async () => {
    fs.writeFileSync(join(work, 'a.ts'), 'one')
    const { version } = await app.client.files.read(at('a.ts'))
    await app.client.buffers.keep({ ...at('a.ts'), text: 'mine', baseVersion: version })
    fs.writeFileSync(join(work, 'a.ts'), 'two')
    await expect(app.client.files.write({ ...at('a.ts'), text: 'mine', expectedVersion: version })).rejects.toEqual(code('FILE_CHANGED_ON_DISK'))
    expect(fs.readFileSync(join(work, 'a.ts'), 'utf8')).toBe('two')
    fs.rmSync(join(work, 'a.ts'))
    await expect(app.client.files.write({ ...at('a.ts'), text: 'mine', expectedVersion: version })).rejects.toMatchObject({ code: 'FILE_CHANGED_ON_DISK', data: { version: null } })
    expect(await app.client.buffers.list({ workspaceId })).toMatchObject([{ path: 'a.ts', text: 'mine', baseVersion: version }])
    await app.client.files.write({ ...at('a.ts'), text: 'mine', expectedVersion: null })
    expect(fs.readFileSync(join(work, 'a.ts'), 'utf8')).toBe('mine')
  })

  const names = ['two\nlines.md', '🌊 wave 👩‍💻.ts', 'n'.repeat(255), `${'é'.repeat(125)}.ts`, ' spaces ', '-rf', '$(touch x)', "it's \"quoted\"", 'a\\b']
  it.skipIf(process.platform === 'win32').each(names)(`the name %j: created, written, listed, found, moved and kept unsaved${process.platform === 'win32' ? ' (skipped: Windows refuses such names)' : ''}`, async name => {
    await app.client.files.create({ ...at(`in/${name}`), kind: 'file' })
    await app.client.files.write({ ...at(`in/${name}`), text: 'text', expectedVersion: null })
    expect((await app.client.files.read(at(`in/${name}`))).text).toBe('text')
    expect((await app.client.files.list(at('in'))).entries.map(entry => entry.name)).toEqual([name])
    await vi.waitFor(async () => expect((await app.client.files.find({ workspaceId, query: '' })).files).toEqual([{ path: `in/${name}`, matches: [] }]), 20_000)
    await app.client.files.move({ workspaceId, from: `in/${name}`, to: `out/${name}` })
    expect(fs.readdirSync(join(work, 'out'))).toEqual([name])
    await app.client.buffers.keep({ ...at(`out/${name}`), text: 'x', baseVersion: null })
    expect((await app.client.buffers.list({ workspaceId }))[0]?.path).toBe(`out/${name}`)
  })

  it('names that cannot be', async () => {
    for (const name of ['n'.repeat(256), '🌊'.repeat(64)]) await expect(app.client.files.create({ ...at(name), kind: 'file' })).rejects.toEqual(code('FILE_NAME_INVALID'))
    for (const name of ['..', 'a/../../b', '/etc/x', 'a\0b']) await expect(app.client.files.create({ ...at(name), kind: 'file' })).rejects.toEqual(code('PATH_OUTSIDE_WORKSPACE'))
    expect(fs.readdirSync(work)).toEqual([])
  })
})
