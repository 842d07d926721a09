import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Hardware } from '#shared/contract/hardware.ts'
import type { PackEvent, ScanEvent, UnpackEvent } from '#shared/contract/library.ts'
import { AppError } from '#shared/errors.ts'
import type { Catalogue } from '#shared/model-catalogue.ts'
import { makeModel } from '../../../tests/support/make-model.ts'
import { findTestModel } from '../../../tests/support/test-models.ts'
import { FakeAudit } from '../../platform/audit/fake-audit.ts'
import { systemClock } from '../../platform/clock/clock.ts'
import { Listeners } from '../../platform/live/listeners.ts'
import { FakeMemory } from '../../platform/memory/fake-memory.ts'
import { FakeLog } from '../../platform/log/fake-log.ts'
import { openFakeStorage } from '../../platform/storage/fake-storage.ts'
import { ModelsService } from '../models/models-service.ts'
import { LibraryService } from './library-service.ts'
import { readTensorPage } from './model-details.ts'

const machine: Hardware = {
  cpu: { model: 'A processor', architecture: 'x64', physicalCores: 4, logicalCores: 8, usableCores: 8, features: [] },
  memory: { totalBytes: 32e9, availableBytes: 16e9, limitBytes: null },
  ...{ backends: [], gpus: [], paces: [], bandwidth: { bytesPerSecond: 2e10, threads: 4, measuredAt: new Date(0) }, isComplete: true, at: new Date(0) },
}

let original: string
let folder: string
let home: string
const services: { dispose(): unknown }[] = []
beforeAll(async () => {
  original = join(mkdtempSync(join(tmpdir(), 'library-model-')), 'made.gguf')
  await makeModel({ path: original, metadata: { 'general.license': { text: 'MIT' } } })
  return () => rmSync(join(original, '..'), { recursive: true, force: true })
})
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'library-'))
  home = join(folder, 'home')
  mkdirSync(home)
})
afterEach(async () => {
  for (const service of services.splice(0)) await service.dispose()
  rmSync(folder, { recursive: true, force: true })
})

const entry: Catalogue['entries'][number] = {
  ...{ id: 'made', family: 'Made', name: 'Made', repository: 'owner/made-GGUF', revision: 'main', files: [{ quantization: 'Q8_0', parts: [{ path: 'made.gguf', sizeBytes: 4e9, sha256: null }] }], uses: ['chat'], licence: { name: 'MIT', isPermissive: true, note: null } },
  ...{ languages: null, codeLanguages: null, contextTokens: 32_768, parameters: 4e9, activeParameters: null, shape: { layers: 32, keyValueHeads: 8, headSize: 128, window: null }, dimensions: null, promptNote: null, fillNote: null, sources: {} },
}

function open({ environment = {}, storage = openFakeStorage(), state = join(folder, 'state'), sha256 = null, budget = 75 }: { environment?: Record<string, string>; storage?: ReturnType<typeof openFakeStorage>; state?: string; sha256?: string | null; budget?: number } = {}) {
  mkdirSync(state, { recursive: true })
  const models = new ModelsService({ makeWorker: () => { throw new Error('No worker is needed here') }, memory: new FakeMemory(16e9), settings: { values: async () => ({}) as never, onChange: () => () => undefined }, storage, resources: join(folder, 'resources'), audit: new FakeAudit(), log: new FakeLog() })
  const audit = new FakeAudit()
  const changes = new Listeners<void>()
  const library = new LibraryService({
    ...{ models, storage, audit, home, environment, catalogue: { version: 1, readAt: '', entries: [{ ...entry, files: [{ quantization: 'Q8_0', parts: [{ path: 'made.gguf', sizeBytes: 4e9, sha256 }] }] }] }, clock: systemClock, log: new FakeLog(), stateFolder: state, tickMilliseconds: 50 },
    hardware: { quick: async () => machine, get: async () => machine, onChange: listener => changes.add(listener), measure: async () => undefined },
    downloads: () => ({ list: () => [], onChange: () => () => undefined }),
    settings: { values: async () => ({ 'models.folder': '', 'model.memoryBudget': budget }) },
  })
  services.push(library, models)
  return { library, models, audit, storage }
}

const hashOf = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex')
const put = (...path: string[]): string => {
  const place = join(folder, ...path)
  mkdirSync(join(place, '..'), { recursive: true })
  cpSync(original, place)
  return place
}
async function all<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const events: T[] = []
  for await (const event of stream) events.push(event)
  return events
}
const found = (events: ScanEvent[]) => events.flatMap(event => (event.type === 'found' ? [[event.model.source, event.model.name, event.model.error?.code ?? null]] : []))
const fails = async (work: Promise<unknown>): Promise<string> => await work.then(() => 'nothing failed', (error: unknown) => (error instanceof AppError ? error.code : String(error)))

describe('finding models that others put there', () => {
  it('reads the stores of Ollama, LM Studio and the Hugging Face cache where they are, without copying', async () => {
    const digest = 'a'.repeat(64)
    const blob = put('home', '.ollama', 'models', 'blobs', `sha256-${digest}`)
    const manifests = join(home, '.ollama', 'models', 'manifests', 'registry.ollama.ai')
    const manifest = (path: string, layers: object[]): void => {
      mkdirSync(join(manifests, path, '..'), { recursive: true })
      writeFileSync(join(manifests, path), JSON.stringify({ layers }))
    }
    const weights = { mediaType: 'application/vnd.ollama.image.model', digest: `sha256:${digest}`, size: 1 }
    manifest('library/coder/7b', [weights, { mediaType: 'application/vnd.ollama.image.template', digest: 'sha256:b', size: 1 }])
    manifest('someone/own/latest', [weights])
    manifest('library/gone/1b', [{ ...weights, digest: `sha256:${'c'.repeat(64)}` }])
    manifest('library/other/1b', [{ mediaType: 'x', digest: 'y' }])
    writeFileSync(join(manifests, 'library', 'coder', 'broken'), '{')

    put('elsewhere', 'models', 'owner', 'repo', 'studio.gguf')
    writeFileSync(join(home, '.lmstudio-home-pointer'), `${join(folder, 'elsewhere')}\n`)
    mkdirSync(join(home, '.lmstudio'))
    put('chosen', 'x', 'y', 'chosen.gguf')
    writeFileSync(join(home, '.lmstudio', 'settings.json'), JSON.stringify({ downloadsFolder: join(folder, 'chosen') }))

    const stored = put('hf', 'hub', 'models--owner--made-GGUF', 'blobs', 'f00')
    for (const revision of ['1', '2']) {
      mkdirSync(join(folder, 'hf', 'hub', 'models--owner--made-GGUF', 'snapshots', revision), { recursive: true })
      symlinkSync(stored, join(folder, 'hf', 'hub', 'models--owner--made-GGUF', 'snapshots', revision, 'made.gguf'))
    }
    const { library, models } = open({ environment: { HF_HOME: join(folder, 'hf') } })
    const events = await all(library.scan(null))
    expect(found(events)).toEqual([
      ['ollama', 'coder:7b', null],
      ['ollama', 'someone/own:latest', null],
      ['lm-studio', 'owner/repo/studio.gguf', null],
      ['lm-studio', 'x/y/chosen.gguf', null],
      ['hugging-face', 'owner/made-GGUF/made.gguf', null],
    ])
    const end = events.at(-1)
    expect(end?.type === 'scan-end' && end.stores.some(({ kind, isThere, models: count }) => kind === 'ollama' && isThere && count === 2)).toBe(true)

    const hub = join(folder, 'hf', 'hub', 'models--owner--made-GGUF', 'snapshots', '1', 'made.gguf')
    const { added, skipped } = await library.add([blob, hub, join(folder, 'missing.gguf')])
    expect(added.map(({ path, source }) => [path, source])).toEqual([[blob, 'ollama'], [hub, 'hugging-face']])
    expect(skipped).toMatchObject([{ error: { code: 'FILE_NOT_FOUND' } }])
    expect((await models.list()).map(({ source }) => source).sort()).toEqual(['hugging-face', 'ollama'])
    // The catalogue knows a file that another program fetched.
    expect((await library.catalogue())[0]?.files[0]?.modelId).toBe(added[1]?.id)
    expect(await fails(library.deleteFiles(added[0]?.id ?? ''))).toBe('LIBRARY_FILE_FOREIGN')
    expect(existsSync(blob)).toBe(true)
  })

  it('asks OLLAMA_MODELS and HF_HUB_CACHE, and finds nothing where nothing is', async () => {
    const { library } = open({ environment: { OLLAMA_MODELS: join(folder, 'o'), HF_HUB_CACHE: join(folder, 'h'), HF_HOME: 'relative' } })
    const [end] = await all(library.scan(null))
    expect(end?.type === 'scan-end' && end.stores.filter(({ isThere }) => isThere)).toEqual([])
    expect(end?.type === 'scan-end' && end.stores.map(({ path }) => path)).toEqual(expect.arrayContaining([join(folder, 'o'), join(folder, 'h')]))
  })

  it('looks through a folder with all it holds, takes split models by their first part, and comes back to it at each start', async () => {
    put('disk', 'a.gguf')
    put('disk', 'deep', 'er', 'b.gguf')
    put('disk', '.hidden', 'c.gguf')
    put('disk', 'split-00002-of-00002.gguf')
    writeFileSync(join(folder, 'disk', 'broken.gguf'), 'no model')
    writeFileSync(join(folder, 'disk', 'notes.txt'), 'x')
    const { library, models, storage } = open()
    expect(found(await all(library.scan(join(folder, 'disk'))))).toEqual([['added', 'a.gguf', null], ['added', 'broken.gguf', 'MODEL_FILE_INVALID'], ['added', 'deep/er/b.gguf', null]])
    const { added, skipped } = await library.addFolder(join(folder, 'disk'))
    expect([added.length, skipped.length]).toEqual([2, 1])
    put('disk', 'later.gguf')
    const again = open({ storage })
    await again.library.start()
    expect(await again.models.list()).toHaveLength(3)
    for await (const event of again.library.watch()) {
      expect(event).toMatchObject({ folders: [{ path: join(folder, 'disk'), models: 3, skipped: 1, error: null }], modelsFolder: join(folder, 'state', 'models') })
      break
    }
    // A disk that is not there now is no reason to forget what was on it.
    renameSync(join(folder, 'disk'), join(folder, 'unplugged'))
    const without = open({ storage })
    await without.library.start()
    for await (const event of without.library.watch()) {
      expect(event).toMatchObject({ folders: [{ models: 3, skipped: 1, error: { code: 'FOLDER_NOT_FOUND' } }] })
      break
    }
    renameSync(join(folder, 'unplugged'), join(folder, 'disk'))
    await again.library.removeFolder(join(folder, 'disk'))
    expect(await models.list()).toEqual([])
    expect(await fails(library.addFolder(join(folder, 'nowhere')))).toBe('FOLDER_NOT_FOUND')
    expect(await fails(library.addFolder(join(folder, 'disk', 'a.gguf')))).toBe('NOT_A_FOLDER')
    expect(await fails(all(library.scan(join(folder, 'nowhere'))))).toBe('FOLDER_NOT_FOUND')
  })
})

describe('details', () => {
  it('say all that a header says, and what the model would get here', async () => {
    const path = put('a.gguf')
    const { library, models } = open()
    const details = await library.details({ path })
    expect(details).toMatchObject({ architecture: 'llama', name: 'Made model', quantization: 'Q8_0', contextLength: 512, layers: 2, attentionHeads: 2, keyValueHeads: 1, embeddingLength: 64, vocabularySize: 8192, licence: 'MIT', files: [path], ggufVersion: 3, origin: null, fit: { verdict: 'cpu', layers: 2, contextTokens: 512, gpuLayers: 0 } })
    expect(details.fit.tokensPerSecond).toBeCloseTo(2e10 / details.sizeBytes)
    expect(details.fit.speedFrom).toBe('memory')
    expect(details.metadata.find(({ key }) => key === 'tokenizer.ggml.tokens')).toEqual({ key: 'tokenizer.ggml.tokens', type: 'list of string', value: '8,192 entries' })
    expect(details.tensorTypes[0]).toMatchObject({ type: 'Q8_0' })
    const page = await readTensorPage(path, { offset: 1, limit: 2, contains: 'attn' })
    expect(page.tensors).toHaveLength(2)
    expect(page.total).toBeGreaterThan(2)
    const model = await models.add(path)
    expect((await library.details({ modelId: model.id })).path).toBe(path)
    expect(await fails(library.details({ modelId: 'nobody' }))).toBe('MODEL_NOT_FOUND')
    expect(await fails(library.details({ path: 'relative.gguf' }))).toBe('FILE_NOT_FOUND')
    expect(await fails(library.details({}))).toBe('FILE_NOT_FOUND')
  })

  it('promise no more than the part of the memory that models may take', async () => {
    expect((await open().library.fit('made', 'Q8_0', null)).verdict).toBe('cpu')
    const { library } = open({ budget: 10 })
    expect((await library.fit('made', 'Q8_0', null)).verdict).toBe('too-big')
    expect((await library.catalogue())[0]?.files[0]?.fit.verdict).toBe('too-big')
  })

  it('of a real model for vectors and one for chat are as published', async context => {
    const { library } = open()
    const [minilm, smol] = [await findTestModel('minilm'), await findTestModel('smollm2')]
    if ('missing' in minilm) return context.skip(minilm.missing)
    if ('missing' in smol) return context.skip(smol.missing)
    expect(await library.details({ path: minilm.path })).toMatchObject({ architecture: 'bert', contextLength: 512, embeddingLength: 384, fit: { tokensPerSecond: null, verdict: 'cpu' } })
    expect(await library.details({ path: smol.path })).toMatchObject({ architecture: 'llama', layers: 30, keyValueHeads: 3, attentionHeads: 9, embeddingLength: 576, contextLength: 8192, quantization: 'Q4_1' })
  })
})

describe('files that a page hands over', () => {
  it('come in pieces and become a model', async () => {
    const { library, models } = open()
    const bytes = readFileSync(original)
    const id = await library.uploads.begin('dropped.gguf', bytes.length)
    for (let at = 0; at < bytes.length; at += 1 << 20) expect(await library.uploads.add(id, at, bytes.subarray(at, at + (1 << 20)))).toBe(Math.min(at + (1 << 20), bytes.length))
    const model = await library.endUpload(id)
    expect(readdirSync(join(folder, 'state', 'models', 'uploads'))).toEqual(['dropped.gguf'])
    expect(model).toMatchObject({ path: join(folder, 'state', 'models', 'uploads', 'dropped.gguf'), source: 'added' })
    expect(await fails(library.uploads.begin('dropped.gguf', 100))).toBe('FILE_EXISTS')
    expect(await library.deleteFiles(model.id)).toBe(bytes.length)
    expect([existsSync(model.path), await models.list()]).toEqual([false, []])
  })

  it('are refused by name, by order and by size, and leave nothing when they are given up or no model', async () => {
    const { library } = open()
    for (const name of ['a.txt', '../a.gguf', '.a.gguf', 'a/b.gguf']) expect(await fails(library.uploads.begin(name, 100))).toBe('FILE_NAME_INVALID')
    expect(await fails(library.uploads.begin('a.gguf', 1e18))).toBe('DISK_FULL')
    const id = await library.uploads.begin('a.gguf', 100)
    expect(await fails(library.uploads.add(id, 5, new Uint8Array(5)))).toBe('UPLOAD_OUT_OF_ORDER')
    expect(await fails(library.uploads.add(id, 0, new Uint8Array(101)))).toBe('UPLOAD_OUT_OF_ORDER')
    expect(await fails(library.endUpload(id))).toBe('UPLOAD_OUT_OF_ORDER')
    await library.uploads.add(id, 0, new Uint8Array(100))
    expect(await fails(library.endUpload(id))).toBe('MODEL_FILE_INVALID')
    expect(await fails(library.endUpload(id))).toBe('UPLOAD_NOT_FOUND')
    const other = await library.uploads.begin('a.gguf', 100)
    await library.uploads.cancel(other)
    expect(found(await all(library.scan(join(folder, 'state'))))).toEqual([])
    const many = await Promise.all(Array.from({ length: 8 }, (_, index) => library.uploads.begin(`${index}.gguf`, 100)))
    expect(await fails(library.uploads.begin('more.gguf', 100))).toBe('FILE_NOT_WRITABLE')
    expect(many).toHaveLength(8)
  })
})

describe('uploads of one name', () => {
  it('never take the place of a model, and a file that is none never gets its name', async () => {
    const { library } = open()
    const bytes = readFileSync(original)
    const [first, second, third] = [await library.uploads.begin('same.gguf', bytes.length), await library.uploads.begin('same.gguf', bytes.length), await library.uploads.begin('same.gguf', 100)]
    for (const id of [first, second]) for (let at = 0; at < bytes.length; at += 1 << 20) await library.uploads.add(id, at, bytes.subarray(at, at + (1 << 20)))
    await library.uploads.add(third, 0, new Uint8Array(100))
    expect(await fails(library.endUpload(third))).toBe('MODEL_FILE_INVALID')
    const { path } = await library.endUpload(first)
    expect(await fails(library.endUpload(second))).toBe('FILE_EXISTS')
    expect([hashOf(path), readdirSync(join(path, '..'))]).toEqual([hashOf(original), ['same.gguf']])
  })

  it('leave no part over a crash: the next start sweeps what nobody writes to any more', async () => {
    const uploads = join(folder, 'state', 'models', 'uploads')
    mkdirSync(uploads, { recursive: true })
    for (const name of ['old.gguf.0123abcd.part', 'young.gguf.0123abcd.part', 'other.part']) writeFileSync(join(uploads, name), 'x')
    for (const name of ['old.gguf.0123abcd.part', 'other.part']) utimesSync(join(uploads, name), 0, 0)
    await open().library.start()
    expect(readdirSync(uploads).sort()).toEqual(['other.part', 'young.gguf.0123abcd.part'])
  })
})

describe('deleting', () => {
  it('reaches nothing outside the folder of models, by whatever way the path goes', async () => {
    const { library, models } = open()
    const outside = put('outside', 'a.gguf')
    mkdirSync(join(folder, 'state', 'models'), { recursive: true })
    const dotted = await models.add(`${join(folder, 'state', 'models')}/../../outside/a.gguf`)
    expect(dotted.path).toBe(outside)
    expect(await fails(library.deleteFiles(dotted.id))).toBe('LIBRARY_FILE_FOREIGN')
    symlinkSync(join(folder, 'outside'), join(folder, 'state', 'models', 'link'))
    const linked = await models.add(join(folder, 'state', 'models', 'link', 'a.gguf'))
    expect(await fails(library.deleteFiles(linked.id))).toBe('LIBRARY_FILE_FOREIGN')
    expect(existsSync(outside)).toBe(true)
  })

  it('keeps a model on the list whose file cannot go', async () => {
    const { library, models } = open()
    const model = await models.add(put('state', 'models', 'a.gguf'))
    rmSync(model.path)
    mkdirSync(model.path)
    expect(await fails(library.deleteFiles(model.id))).toBe('FILE_NOT_WRITABLE')
    expect(await models.list()).toHaveLength(1)
  })

  it('unloads first, takes off the list last', async () => {
    const { library, models } = open()
    const model = await models.add(put('state', 'models', 'a.gguf'))
    const steps: string[] = []
    const note = (step: string): number => steps.push(`${step}, ${existsSync(model.path) ? 'there' : 'gone'}`)
    const { unload, remove } = { unload: models.unload.bind(models), remove: models.remove.bind(models) }
    models.unload = async id => void (note('unload'), await unload(id))
    models.remove = id => void (note('remove'), remove(id))
    await library.deleteFiles(model.id)
    expect(steps).toEqual(['unload, there', 'remove, gone'])
  })
})

describe('packs', () => {
  it('are believed in nothing that they say of themselves', async () => {
    const here = open()
    const a = await here.library.addWithOrigin(put('a.gguf'), { source: 'downloaded', label: 'owner/made-GGUF', entryId: 'made', sha256: null, isHashConfirmed: true })
    const stick = join(folder, 'stick')
    await all(here.library.pack([a.id], stick))
    const there = open({ storage: openFakeStorage(), state: join(folder, 'there'), sha256: 'f'.repeat(64) })
    const end = (await all(there.library.unpack(stick))).at(-1)
    const id = end?.type === 'unpack-end' ? (end.added[0]?.id ?? '') : ''
    expect(there.library.originOf(id)).toMatchObject({ label: 'pack: Made model', entryId: null, isHashConfirmed: false, sha256: hashOf(original) })
  })

  it.skipIf(process.platform === 'win32')('are read only where plain files of the packed size lie (skipped on Windows: it needs POSIX)', async () => {
    const { library, models } = open()
    const model = await models.add(put('a.gguf'))
    const stick = join(folder, 'stick')
    await all(library.pack([model.id], stick))
    const file = join(stick, '001', 'a.gguf')
    const skipped = async (): Promise<unknown> => {
      const end = (await all(library.unpack(stick))).at(-1)
      return end?.type === 'unpack-end' ? [end.added.length, end.skipped[0]?.error] : null
    }
    writeFileSync(file, Buffer.concat([readFileSync(original), Buffer.from('more')]))
    expect(await skipped()).toMatchObject([0, { code: 'PACK_INVALID', data: { reason: expect.stringContaining('were packed') } }])
    rmSync(file)
    symlinkSync(original, file)
    expect(await skipped()).toMatchObject([0, { code: 'PACK_INVALID', data: { reason: 'it is a link' } }])
    rmSync(file)
    execFileSync('mkfifo', [file])
    expect(await skipped()).toMatchObject([0, { code: 'PACK_INVALID', data: { reason: 'it is no plain file' } }])
    rmSync(join(stick, '001'), { recursive: true })
    symlinkSync(folder, join(stick, '001'))
    expect(await skipped()).toMatchObject([0, { code: 'PACK_INVALID', data: { reason: 'it is no folder' } }])
    rmSync(join(stick, 'cortex-pack.json'))
    execFileSync('mkfifo', [join(stick, 'cortex-pack.json')])
    expect(await fails(all(library.unpack(stick)))).toBe('PACK_INVALID')
  })

  it('carry models to a machine without a network, each held to its hash', async () => {
    const here = open()
    const a = await here.library.addWithOrigin(put('owner', 'made-GGUF', 'made.gguf'), { source: 'downloaded', label: 'owner/made-GGUF', entryId: 'made', sha256: null, isHashConfirmed: true })
    const b = await here.models.add(put('b.gguf'))
    const stick = join(folder, 'stick', 'pack')
    const packed: PackEvent[] = await all(here.library.pack([a.id, b.id, a.id], stick))
    expect(packed.at(-1)).toEqual({ type: 'pack-end', path: stick, models: 2, sizeBytes: a.sizeBytes + b.sizeBytes })
    expect(JSON.parse(readFileSync(join(stick, 'cortex-pack.json'), 'utf8'))).toMatchObject({ version: 1, models: [{ licence: 'MIT', entry: { id: 'made' }, files: [{ name: 'made.gguf' }] }, { licence: 'MIT', entry: null }] })
    expect(await fails(all(here.library.pack([a.id], stick)))).toBe('FILE_EXISTS')
    expect(await fails(all(here.library.pack(['nobody'], join(folder, 'other'))))).toBe('MODEL_NOT_FOUND')
    expect(await fails(all(here.library.pack([a.id], 'relative')))).toBe('FILE_NAME_INVALID')

    const there = open({ storage: openFakeStorage(), state: join(folder, 'there'), sha256: hashOf(original) })
    // One byte of the second model went wrong on the way.
    const bytes = readFileSync(join(stick, '002', 'b.gguf'))
    bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1
    writeFileSync(join(stick, '002', 'b.gguf'), bytes)
    const unpacked: UnpackEvent[] = await all(there.library.unpack(stick))
    const end = unpacked.at(-1)
    if (end?.type !== 'unpack-end') throw new Error('It did not end')
    expect(end.added.map(({ path }) => path.startsWith(join(folder, 'there', 'models', 'unpacked')))).toEqual([true])
    expect(end.skipped).toMatchObject([{ error: { code: 'PACK_INVALID' } }])
    expect(there.library.originOf(end.added[0]?.id ?? '')).toMatchObject({ entryId: 'made', isHashConfirmed: true, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) })
    expect((await there.library.catalogue())[0]?.files[0]?.modelId).toBe(end.added[0]?.id)
  })

  it('are none without a list that fits, and leave nothing when they are given up', async () => {
    const { library, models } = open()
    const pack = join(folder, 'pack')
    expect(await fails(all(library.unpack(pack)))).toBe('FOLDER_NOT_FOUND')
    mkdirSync(pack)
    expect(await fails(all(library.unpack(pack)))).toBe('PACK_INVALID')
    for (const name of ['../../escape.gguf', 'a/b', '..']) {
      writeFileSync(join(pack, 'cortex-pack.json'), JSON.stringify({ version: 1, madeAt: '', models: [{ name: 'x', folder: '001', files: [{ name, sizeBytes: 1, sha256: 'a'.repeat(64) }], licence: null, origin: null, entry: null }] }))
      expect(await fails(all(library.unpack(pack)))).toBe('PACK_INVALID')
    }
    const model = await models.add(put('a.gguf'))
    const target = join(folder, 'given-up')
    await expect(all(library.pack([model.id], target, AbortSignal.abort(new Error('given up'))))).rejects.toThrow('given up')
    expect(existsSync(target)).toBe(false)
  })
})
