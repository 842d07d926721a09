import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createRouterClient, implement } from '@orpc/server'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ModelsEvent } from '#shared/contract/models.ts'
import { AppError } from '#shared/errors.ts'
import { mapErrors } from '#shared/map-errors.ts'
import { settingDefinitions } from '#shared/setting-definitions.ts'
import { inference, type LoadRequest } from '../../../native/inference/contract.ts'
import { makeModel } from '../../../tests/support/make-model.ts'
import { systemClock } from '../../platform/clock/clock.ts'
import { Listeners } from '../../platform/live/listeners.ts'
import { FakeAudit } from '../../platform/audit/fake-audit.ts'
import { FakeLog } from '../../platform/log/fake-log.ts'
import { FakeMemory } from '../../platform/memory/fake-memory.ts'
import { openFakeStorage } from '../../platform/storage/fake-storage.ts'
import type { Storage } from '../../platform/storage/storage.ts'
import { unconfined } from '../../platform/workers/confinement.ts'
import { FakeLauncher } from '../../platform/workers/fake-launcher.ts'
import { SupervisedWorker } from '../../platform/workers/supervised-worker.ts'
import { modelsRouter } from './models-router.ts'
import { ModelsService } from './models-service.ts'

const resources = resolve(import.meta.dirname, '../../../resources')
const facts = { contextTokens: 64, threads: 1, device: 'cpu', gpuLayers: 0, canChat: true, canFill: true, fillMode: 'tokens' as const, canEmbed: false, canRerank: false, dimensions: null, sequences: 1, measuredThreads: {} }

let folder = ''
const services: ModelsService[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cortex-models-'))
})
afterEach(async () => {
  await Promise.all(services.splice(0).map(service => service.dispose()))
  rmSync(folder, { recursive: true, force: true })
})

function start(storage: Storage = openFakeStorage(), given: Record<string, unknown> = {}) {
  const loads: LoadRequest[] = []
  const router = () => {
    const os = implement(inference).use(mapErrors)
    return os.router({
      load: os.load.handler(async function* ({ input }) {
        loads.push(input)
        yield { type: 'load-end' as const, model: facts }
      }),
      countTokens: os.countTokens.handler(() => []),
      countChatTokens: os.countChatTokens.handler(() => 0),
      generate: os.generate.handler(async function* () {}),
      complete: os.complete.handler(() => ({ text: '', tokens: 0, promptTokens: 0, milliseconds: 0, stopReason: 'end-of-scope' as const })),
      embed: os.embed.handler(({ input }) => input.texts.map(text => ({ vector: [1], tokens: text.length }))),
      rerank: os.rerank.handler(({ input }) => ({ scores: input.documents.map(() => 0), tokens: 0 })),
      warmUp: os.warmUp.handler(() => ({ readTokens: 0 })),
      measureSpeculation: os.measureSpeculation.handler(() => null),
      saveState: os.saveState.handler(() => ({ tokens: 0 })),
      restoreState: os.restoreState.handler(() => ({ tokens: 0 })),
      unload: os.unload.handler(() => undefined),
    })
  }
  const values = { ...Object.fromEntries(Object.entries(settingDefinitions).map(([key, definition]) => [key, definition.default])), ...given } as never
  const changes = new Listeners<void>()
  const settings = { values: async () => ({ ...(values as Record<string, unknown>) }) as never, onChange: (listener: () => void) => changes.add(listener) }
  const log = new FakeLog()
  const launcher = new FakeLauncher({ inference: router })
  const makeWorker = (name: string) => new SupervisedWorker<typeof inference>({ launcher, clock: systemClock, log, spec: { name, entry: 'inference', env: {}, confinement: unconfined } })
  const service = new ModelsService({ storage, resources, settings, makeWorker, memory: new FakeMemory(16e9), audit: new FakeAudit(), log })
  services.push(service)
  const change = (key: string, value: unknown) => {
    Object.assign(values, { [key]: value })
    changes.tell()
  }
  return { service, client: createRouterClient(modelsRouter(service)), loads, change }
}

async function made(name: string): Promise<string> {
  const path = join(folder, name)
  await makeModel({ path, vocabularySize: 300, metadata: { 'general.name': null } })
  return path
}

describe('models', () => {
  it('has one engine for each model that is asked for by its id', async () => {
    const { service } = start(openFakeStorage())
    expect(await service.forModel('starter')).toBe(await service.forModel('starter'))
    await expect(service.forModel('nobody')).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' })
  })

  it('knows the starter and what was added, over a restart', async () => {
    const storage = openFakeStorage()
    const { client } = start(storage)
    const [starter, ...none] = await client.list()
    expect(starter).toMatchObject({ id: 'starter', name: 'Cortex Starter 8M', isStarter: true, canChat: true, canFill: true, contextLength: 1024, quantization: 'Q8_0', parameters: 8_392_960 })
    expect(none).toEqual([])
    const path = await made('mine.gguf')
    const model = await client.add({ path })
    expect(model).toMatchObject({ name: 'mine', path, isStarter: false, architecture: 'llama', contextLength: 512 })
    expect(await client.add({ path })).toEqual(model)
    const again = start(storage)
    expect((await again.client.list()).map(one => one.id)).toEqual(['starter', model.id])
    await again.client.remove({ id: model.id })
    expect(await again.client.list()).toHaveLength(1)
  })

  it('does not take the starter off the list, nor what is not there', async () => {
    const { service } = start()
    expect(() => service.remove('starter')).toThrow(new AppError('MODEL_NOT_FOUND', { id: 'starter' }))
    await expect(service.load('file-0')).rejects.toEqual(new AppError('MODEL_NOT_FOUND', { id: 'file-0' }))
    const [starter] = await service.list()
    expect(await service.add(starter!.path)).toEqual(starter)
    expect(await service.list()).toHaveLength(1)
  })

  it.each([
    ['nothing there', () => '/no/such/model.gguf', 'FILE_NOT_FOUND'],
    ['a relative path', () => 'model.gguf', 'FILE_NOT_FOUND'],
    ['a path with a zero byte', () => '/a\0b', 'FILE_NOT_FOUND'],
    ['a folder', () => folder, 'FILE_UNREADABLE'],
    ['a device', () => '/dev/null', 'FILE_UNREADABLE'],
    ['a text', () => (writeFileSync(join(folder, 'text.gguf'), 'once upon a time'), join(folder, 'text.gguf')), 'MODEL_FILE_INVALID'],
  ])('refuses to add %s', async (_name, path, code) => {
    await expect(start().service.add(path())).rejects.toMatchObject({ code })
  })

  it('keeps the starter when the database stays shut', async () => {
    const shut = { problem: new AppError('STORAGE_LOCKED', { path: 'x', reason: 'y' }), collection: () => expect.fail('asked'), onChange: () => () => undefined } as unknown as Storage
    const { service } = start(shut)
    expect((await service.list()).map(model => model.id)).toEqual(['starter'])
    await service.load('starter')
    expect(service.engine.state.status).toBe('ready')
    expect(await service.add(await made('a.gguf'))).toMatchObject({ name: 'a' })
  })

  it('uses what is added while the database is shut, and keeps it once it is open', async () => {
    const open = openFakeStorage()
    let problem: AppError | null = new AppError('STORAGE_LOCKED', { path: 'x', reason: 'y' })
    const changes = new Listeners<void>()
    const storage = { get problem() { return problem }, collection: open.collection.bind(open), onChange: (listener: () => void) => changes.add(listener) } as unknown as Storage
    const { client, service } = start(storage)
    const [one, other] = [await client.add({ path: await made('a.gguf') }), await client.add({ path: await made('b.gguf') })]
    expect((await client.load({ id: one.id })).status).toBe('ready')
    await client.remove({ id: other.id })
    const events = service.watch()
    expect((await events.next()).value).toMatchObject({ type: 'snapshot', models: [{ id: 'starter' }, { id: one.id }] })
    problem = null
    changes.tell()
    const told = [(await events.next()).value?.type, (await events.next()).value?.type]
    expect(told).toContain('snapshot')
    await events.return(undefined)
    expect((await start(open).service.list()).map(({ id }) => id)).toEqual(['starter', one.id])
  })

  it('tells whoever watches that a preset or how a model is loaded was changed', async () => {
    const { client, service } = start()
    const events = service.watch()
    await events.next()
    const next = async (): Promise<unknown> => (await events.next()).value?.type
    const { id } = await client.savePreset({ name: 'Mine', temperature: 1, sampling: {} })
    expect(await next()).toBe('options-changed')
    await client.configure({ id: 'starter', options: { preset: id } })
    expect(await next()).toBe('options-changed')
    await client.removePreset({ id })
    expect(await next()).toBe('options-changed')
    await events.return(undefined)
  })

  it('refuses to take a preset that it could not keep', async () => {
    const shut = { problem: new AppError('STORAGE_LOCKED', { path: 'x', reason: 'y' }), collection: () => expect.fail('asked'), onChange: () => () => undefined } as unknown as Storage
    const { client } = start(shut)
    await expect(client.savePreset({ name: 'Mine', temperature: 1, sampling: {} })).rejects.toMatchObject({ code: 'STORAGE_LOCKED' })
    await expect(client.removePreset({ id: 'mine' })).rejects.toMatchObject({ code: 'STORAGE_LOCKED' })
    expect((await client.presets()).every(({ isBuiltIn }) => isBuiltIn)).toBe(true)
  })

  it('loads at start what was loaded last, and the starter where that has gone', async () => {
    const storage = openFakeStorage()
    const first = start(storage)
    await first.service.start()
    expect(first.loads[0]?.modelId).toBe('starter')
    const { id } = await first.client.add({ path: await made('mine.gguf') })
    expect(await first.client.load({ id })).toMatchObject({ status: 'ready', modelId: id })
    const second = start(storage)
    await second.service.start()
    expect(second.loads[0]?.modelId).toBe(id)
    second.service.remove(id)
    const third = start(storage)
    await third.service.start()
    expect(third.loads[0]?.modelId).toBe('starter')
    await third.client.unload()
    expect(third.service.engine.state.status).toBe('empty')
  })

  it('loads nothing at start when the settings say so', async () => {
    const { service, loads } = start(undefined, { 'model.loadAtStart': false })
    await service.start()
    expect(loads).toEqual([])
  })

  it('follows the settings: a file named there is loaded and shown, a missing one is told', async () => {
    const path = await made('named.gguf')
    const { service, loads, change } = start(undefined, { 'model.path': path })
    await service.start()
    expect(loads[0]?.path).toBe(path)
    change('model.contextTokens', 256)
    await vi.waitFor(() => expect(loads.at(-1)).toMatchObject({ path, contextTokens: 256 }), { timeout: 20_000 })
    change('editor.fontSize', 20)
    change('model.path', '')
    await vi.waitFor(() => expect(loads.at(-1)?.modelId).toBe('starter'), { timeout: 20_000 })
    expect(loads).toHaveLength(3)
    const missing = start(undefined, { 'model.path': '/gone.gguf' })
    await missing.service.start()
    expect(missing.service.engine.state).toMatchObject({ status: 'failed', error: { code: 'FILE_NOT_FOUND' } })
  })

  it('tells a snapshot first and then each change', async () => {
    const { service, client } = start(undefined, { 'model.loadAtStart': false })
    const abort = new AbortController()
    const events: ModelsEvent[] = []
    const watching = (async () => {
      for await (const event of await client.watch(undefined, { signal: abort.signal })) events.push(event)
    })().catch(() => undefined)
    await vi.waitFor(() => expect(events[0]).toMatchObject({ type: 'snapshot', engine: { status: 'empty' }, activity: { task: 'idle' } }), { timeout: 20_000 })
    await service.load('starter')
    await vi.waitFor(() => expect(events.filter(event => event.type === 'engine-changed').at(-1)).toMatchObject({ engine: { status: 'ready', modelId: 'starter' } }), { timeout: 20_000 })
    await service.add(await made('b.gguf'))
    await vi.waitFor(() => expect(events.filter(event => event.type === 'snapshot').at(-1)).toMatchObject({ models: [{ id: 'starter' }, { name: 'b' }] }), { timeout: 20_000 })
    abort.abort()
    await watching
  })

  it('tells the snapshot first, whatever changes while it is put together', async () => {
    const { service } = start()
    const stream = service.watch()
    const first = stream.next()
    const ready = service.engine.ready()
    expect((await first).value).toMatchObject({ type: 'snapshot', engine: { status: 'loading' } })
    await ready
    await stream.return(undefined)
  })
})
