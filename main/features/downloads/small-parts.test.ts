import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import type { DownloadTarget } from '#shared/contract/downloads.ts'
import type { Catalogue } from '#shared/model-catalogue.ts'
import { BlockJournal, readJournal, type JournalHead } from './block-journal.ts'
import { readContentRange, retryAfter, validatorOf } from './content-range.ts'
import { finishPart, partPath } from './part-file.ts'
import { RateMeter } from './rate-meter.ts'
import { readDownloadTarget, safe } from './read-target.ts'
import { fileAddress, hostOf, listAddress, registriesOf } from './registry-address.ts'
import { readList } from './repository-files.ts'

const folders: string[] = []
afterEach(() => folders.splice(0).forEach(folder => rmSync(folder, { recursive: true, force: true })))
const head: JournalHead = { version: 1, sizeBytes: 1000, blockBytes: 100, validator: '"a"', source: 'a.example', sha256: null }

describe('the journal of blocks', () => {
  it('keeps what was finished, also when the end of its file was cut off', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'journal-'))
    folders.push(folder)
    const path = join(folder, 'a.blocks')
    const journal = await BlockJournal.create(path, head)
    await Promise.all([3, 0, 9].map(index => journal.finish(index, async () => undefined)))
    await expect(journal.finish(4, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    await journal.close()
    writeFileSync(path, readFileSync(path, 'utf8').slice(0, -1))
    const again = await BlockJournal.open(path)
    expect(again?.missing()).toEqual([{ first: 1, count: 2 }, { first: 4, count: 6 }])
    await again?.finish(1, async () => undefined)
    expect(again?.wholeBytes).toBe(300)
    await again?.close()
    const last = await BlockJournal.open(path)
    expect(last?.missing()).toEqual([{ first: 2, count: 1 }, { first: 4, count: 6 }])
    await last?.close()
  })

  it('keeps how far a block has come, until it is whole', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'journal-'))
    folders.push(folder)
    const path = join(folder, 'a.blocks')
    const journal = await BlockJournal.create(path, head)
    let syncs = 0
    const sync = async (): Promise<void> => void syncs++
    await Promise.all([journal.reach(3, 10, sync), journal.reach(5, 99, sync), journal.reach(3, 40, sync), journal.reach(6, 100, sync)])
    await journal.finish(5, sync)
    expect(syncs).toBe(3)
    const adopted = await BlockJournal.create(`${path}.2`, head, journal)
    await Promise.all([journal.close(), adopted.close()])
    for (const file of [path, `${path}.2`]) {
      const again = await BlockJournal.open(file)
      expect([...again!.begun]).toEqual([[3, 40]])
      expect(again?.wholeBytes).toBe(200)
      expect(again?.missing()).toEqual([{ first: 0, count: 5 }, { first: 7, count: 3 }])
      await again?.close()
    }
  })

  it('closes only when all is written that it was told', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'journal-'))
    folders.push(folder)
    const path = join(folder, 'a.blocks')
    const journal = await BlockJournal.create(path, head)
    const told = journal.reach(1, 7, () => new Promise(resolve => setTimeout(resolve, 20)))
    await journal.close()
    await told
    expect(readFileSync(path, 'utf8').split('\n').slice(1)).toEqual(['1+7', ''])
  })

  it('takes over in one step what another had', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'journal-'))
    folders.push(folder)
    const path = join(folder, 'a.blocks')
    const former = await BlockJournal.create(path, head)
    for (const index of [7, 2]) await former.finish(index, async () => undefined)
    await former.close()
    const fresh = await BlockJournal.create(path, { ...head, source: 'b.example', validator: null }, former)
    await fresh.finish(4, async () => undefined)
    await fresh.close()
    const again = await BlockJournal.open(path)
    expect(again?.head.source).toBe('b.example')
    expect(again?.missing()).toEqual([{ first: 0, count: 2 }, { first: 3, count: 1 }, { first: 5, count: 2 }, { first: 8, count: 2 }])
    await again?.close()
    expect(readdirSync(folder)).toEqual(['a.blocks'])
  })

  it('gives a file its name, never that of another', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'part-'))
    folders.push(folder)
    const path = join(folder, 'a.gguf')
    writeFileSync(partPath(path), 'what came')
    writeFileSync(path, 'of somebody else')
    await expect(finishPart(path)).rejects.toMatchObject({ code: 'FILE_EXISTS' })
    expect([readFileSync(path, 'utf8'), readFileSync(partPath(path), 'utf8')]).toEqual(['of somebody else', 'what came'])
    rmSync(path)
    await finishPart(path)
    expect(readdirSync(folder)).toEqual(['a.gguf'])
  })

  it('believes no line that is none, and is never larger than what it says', () => {
    const text = `${JSON.stringify(head)}\n1\n2\nx\n3\n`
    expect([...(readJournal(text)?.done ?? [])]).toEqual([1, 2])
    expect(readJournal(text)?.bytes).toBe(text.lastIndexOf('x'))
    // No part of a block is as long as the block, and a block that is whole has no parts.
    for (const wrong of ['2+100', '2+', '2+x', '+5', '10+5']) expect([...(readJournal(`${JSON.stringify(head)}\n1+5\n${wrong}\n3+7\n`)?.begun ?? [])]).toEqual([[1, 5]])
    expect(readJournal(`${JSON.stringify(head)}\n1+5\n1\n1+9\n`)).toMatchObject({ done: new Set([1]), begun: new Map() })
    expect(readJournal('{}\n')).toBeNull()
    expect(readJournal('')).toBeNull()
    fc.assert(fc.property(fc.string(), tail => {
      const read = readJournal(`${JSON.stringify(head)}\n${tail}`)
      expect(read).not.toBeNull()
      for (const index of read?.done ?? []) expect(index).toBeLessThan(10)
    }))
    fc.assert(fc.property(fc.string(), any => void readJournal(any)))
  })
})

describe('what servers say', () => {
  it('is read strictly', () => {
    expect(readContentRange('bytes 0-99/1000')).toEqual({ start: 0, end: 99, total: 1000 })
    for (const wrong of [undefined, '', 'bytes */1000', 'bytes 5-4/10', 'bytes 0-10/10', 'bytes 0-1/*', 'items 0-1/2']) expect(readContentRange(wrong)).toBeNull()
    expect([validatorOf({ etag: '"a"' }), validatorOf({ etag: 'W/"a"', 'last-modified': 'now' }), validatorOf({})]).toEqual(['"a"', 'now', null])
    expect([retryAfter('3', 0), retryAfter('Thu, 01 Jan 1970 00:00:05 GMT', 1000), retryAfter('999999', 0), retryAfter('soon', 0), retryAfter(undefined, 0)]).toEqual([3000, 4000, 60_000, null, null])
  })

  it('names files with sizes and hashes, or nothing at all', () => {
    const oid = 'a'.repeat(64)
    const list = [{ type: 'file', path: 'a.gguf', size: 5, lfs: { oid, size: 9 } }, { type: 'directory', path: 'b' }, { type: 'file', path: 'c.gguf' }, { type: 'file', path: 'README.md', size: 1 }, { type: 'file', path: 'd.gguf', lfs: { oid: 'short', size: 1 } }]
    expect(readList(JSON.stringify(list), 'a.example')).toEqual([{ path: 'a.gguf', sizeBytes: 9, sha256: oid }, { path: 'c.gguf', sizeBytes: null, sha256: null }, { path: 'd.gguf', sizeBytes: 1, sha256: null }])
    for (const wrong of ['', '{}', '[1]']) expect(() => readList(wrong, 'a.example')).toThrow('DOWNLOAD_SOURCE_FAILED')
  })
})

describe('the registry', () => {
  const settings = { 'models.registry': '', 'models.mirrors': '', 'models.registrySecret': '' }
  it('is Hugging Face, or what the settings name; only it gets the token', () => {
    expect(registriesOf(settings)).toEqual([{ base: 'https://huggingface.co', headers: {} }])
    const [own, ...mirrors] = registriesOf({ 'models.registry': 'https://models.example/hf/', 'models.mirrors': ' https://m1.example, https://m2.example/ https://m1.example', 'models.registrySecret': 'registry' })
    expect(own).toEqual({ base: 'https://models.example/hf', headers: { authorization: { secret: 'registry', prefix: 'Bearer ' } } })
    expect(mirrors).toEqual([{ base: 'https://m1.example', headers: {} }, { base: 'https://m2.example', headers: {} }])
    for (const wrong of ['nothing', 'ftp://a.example', 'https://a:b@c.example', 'https://a.example?x']) expect(() => registriesOf({ ...settings, 'models.registry': wrong })).toThrow('EGRESS_ADDRESS_INVALID')
    const name = { repository: 'a/b', revision: 'v/1', path: 'sub dir/c.gguf' }
    expect(fileAddress(own, name)).toBe('https://models.example/hf/a/b/resolve/v%2F1/sub%20dir/c.gguf')
    expect(listAddress(own, name)).toBe('https://models.example/hf/api/models/a/b/tree/v%2F1/sub%20dir')
    expect([hostOf('http://a.example/'), hostOf('https://a.example:8443/')]).toEqual([{ host: 'a.example', port: 80 }, { host: 'a.example', port: 8443 }])
  })
})

describe('what is asked for', () => {
  const catalogue: Catalogue = {
    version: 1,
    readAt: '',
    entries: [{ id: 'a', family: 'A', name: 'A', repository: 'p/r', revision: 'main', files: [{ quantization: 'Q4', parts: [{ path: 'a.gguf', sizeBytes: 5, sha256: 'b'.repeat(64) }] }], uses: ['chat'], licence: { name: 'MIT', isPermissive: true, note: null }, languages: null, codeLanguages: null, contextTokens: null, parameters: null, activeParameters: null, shape: null, dimensions: null, promptNote: null, fillNote: null, sources: {} }],
  }
  const read = (target: DownloadTarget) => readDownloadTarget(target, { catalogue, folder: '/models' })

  it('goes below the folder of models, with all its parts', () => {
    expect(read({ kind: 'catalogue', entryId: 'a', quantization: 'Q4' })).toMatchObject({ name: 'A Q4', licence: 'MIT', files: [{ path: '/models/p/r/a.gguf', hashSource: 'catalogue', sizeBytes: 5 }] })
    // The same file by its repository is the same download.
    expect(read({ kind: 'repository', repository: 'p/r', revision: 'main', file: 'a.gguf' })).toMatchObject({ entryId: 'a' })
    expect(read({ kind: 'repository', repository: 'p/r', revision: 'main', file: 'q/big-00001-of-00003.gguf' }).files.map(({ path }) => path)).toEqual([1, 2, 3].map(part => `/models/p/r/q/big-0000${part}-of-00003.gguf`))
    expect(read({ kind: 'address', url: 'https://x.example/a%20b.gguf?y', sha256: 'c'.repeat(64) })).toMatchObject({ name: 'a b.gguf', files: [{ path: '/models/x.example/a b.gguf', hashSource: 'person' }] })
  })

  it.each<[DownloadTarget, string]>([
    [{ kind: 'catalogue', entryId: 'b', quantization: 'Q4' }, 'CATALOGUE_ENTRY_NOT_FOUND'],
    [{ kind: 'catalogue', entryId: 'a', quantization: 'Q9' }, 'CATALOGUE_ENTRY_NOT_FOUND'],
    [{ kind: 'repository', repository: 'p/r', revision: 'main', file: '../x.gguf' }, 'DOWNLOAD_TARGET_INVALID'],
    [{ kind: 'repository', repository: 'p/r', revision: 'main', file: 'a-00002-of-00003.gguf' }, 'DOWNLOAD_TARGET_INVALID'],
    [{ kind: 'repository', repository: 'p/r', revision: 'main', file: 'a-00001-of-99999.gguf' }, 'DOWNLOAD_TARGET_INVALID'],
    [{ kind: 'address', url: 'nothing' }, 'EGRESS_ADDRESS_INVALID'],
    [{ kind: 'address', url: 'ftp://a.example/a.gguf' }, 'EGRESS_ADDRESS_INVALID'],
    [{ kind: 'address', url: 'https://u:p@a.example/a.gguf' }, 'EGRESS_ADDRESS_INVALID'],
    [{ kind: 'address', url: 'https://a.example/a.bin' }, 'DOWNLOAD_TARGET_INVALID'],
    [{ kind: 'address', url: 'https://a.example/a-00001-of-00002.gguf' }, 'DOWNLOAD_TARGET_INVALID'],
  ])('%o is refused', (target, code) => {
    expect(() => read(target)).toThrow(code)
  })

  it('makes names that stay where they belong, whatever comes', () => {
    expect([safe('..'), safe('a/b'), safe('con.gguf'), safe('a. '), safe('')]).toEqual(['_', 'a_b', '_con.gguf', 'a', '_'])
    fc.assert(fc.property(fc.string({ unit: 'binary' }), text => {
      const name = safe(text)
      expect(name).not.toMatch(/[/\\\0]|^\.{1,2}$|^$/)
    }))
  })
})

describe('the rate', () => {
  it('is that of the last seconds, and none at first', () => {
    let now = 0
    const rate = new RateMeter(() => now)
    rate.add(1000)
    expect(rate.bytesPerSecond).toBeNull()
    now = 1000
    expect(rate.bytesPerSecond).toBe(1000)
    now = 9000
    expect(rate.bytesPerSecond).toBe(0)
  })
})
