import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Model } from '#shared/contract/models.ts'
import { AppError } from '#shared/errors.ts'
import { settingDefinitions } from '#shared/setting-definitions.ts'
import type { ModelSpeed } from '../hardware/hardware-service.ts'
import type { inference } from '../../../native/inference/contract.ts'
import { cardScript, cardWorker } from '../../../tests/support/card-worker.ts'
import { makeModel } from '../../../tests/support/make-model.ts'
import { FakeAudit } from '../../platform/audit/fake-audit.ts'
import { systemClock } from '../../platform/clock/clock.ts'
import { FakeLog } from '../../platform/log/fake-log.ts'
import { FakeMemory } from '../../platform/memory/fake-memory.ts'
import { openFakeStorage } from '../../platform/storage/fake-storage.ts'
import { unconfined } from '../../platform/workers/confinement.ts'
import { FakeLauncher } from '../../platform/workers/fake-launcher.ts'
import { SupervisedWorker } from '../../platform/workers/supervised-worker.ts'
import { ModelsService } from './models-service.ts'

const resources = resolve(import.meta.dirname, '../../../resources')
const question = { turns: [{ role: 'user' as const, text: 'hi' }], maxTokens: 8, temperature: 0, seed: null, ignoreEndOfText: false }
const names = ['chat', 'fill', 'other'] as const
let folder = ''
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cortex-card-'))
  for (const name of names) await makeModel({ path: join(folder, `${name}.gguf`), vocabularySize: 300, contextLength: 8192, metadata: { 'general.name': { text: name } } })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const services: ModelsService[] = []
afterEach(async () => {
  await Promise.all(services.splice(0).map(service => service.dispose()))
})

const card = (freeBytes: number) => ({ name: 'A card', totalBytes: freeBytes + 1e9, freeBytes })

async function start({ gpu = card(8e9), freeBytes = 16e9 }: { gpu?: ReturnType<typeof card> | null; freeBytes?: number } = {}) {
  const script = cardScript()
  const memory = new FakeMemory(freeBytes, 16e9)
  memory.now = { ...memory.now, gpu }
  const log = new FakeLog()
  const speeds: ModelSpeed[] = []
  const launcher = new FakeLauncher({ inference: () => cardWorker(script) })
  const values = { ...Object.fromEntries(Object.entries(settingDefinitions).map(([key, definition]) => [key, definition.default])), 'model.loadAtStart': false } as never
  const makeWorker = (name: string) => new SupervisedWorker<typeof inference>({ launcher, clock: systemClock, log, spec: { name, entry: 'inference', env: {}, confinement: unconfined } })
  const service = new ModelsService({ storage: openFakeStorage(), resources, settings: { values: async () => values, onChange: () => () => undefined }, makeWorker, memory, onSpeed: speed => speeds.push(speed), audit: new FakeAudit(), log })
  services.push(service)
  const [chat, fill, other] = (await Promise.all(names.map(name => service.add(join(folder, `${name}.gguf`))))) as [Model, Model, Model]
  return { speeds, script, memory, launcher, service, chat, fill, other }
}

const reasonOf = async (service: ModelsService, { id }: Model) => (await service.pool.residents()).residents.find(one => one.modelId === id)?.reason
const stateOf = (service: ModelsService, { id }: Model) => service.pool.find(id)?.engine.state.status
const settled = (service: ModelsService, model: Model, status = 'ready') => vi.waitFor(() => expect(stateOf(service, model)).toBe(status), { timeout: 10_000 })

/** Asks, and gives back what had come when it ended, and how. */
function asking(service: ModelsService) {
  const told = { text: '', ended: Promise.resolve<unknown>(null) }
  told.ended = (async () => {
    for await (const event of service.forRole('chat').generate(question)) if (event.type === 'text-delta') told.text += event.text
  })().then(() => null, (error: unknown) => error)
  return told
}

describe('a graphics card that is lost in the middle of an answer', () => {
  it('is looked at afresh before the model is loaded again, which then runs on the processor and says so; others go on', async () => {
    const { service, script, memory, launcher, chat, fill } = await start()
    await service.load(fill.id, { roles: ['completion'] })
    await service.load(chat.id)
    expect(service.pool.find(chat.id)?.engine.state).toMatchObject({ status: 'ready', device: 'cuda' })
    const before = script.loads.at(-1)!
    script.isHeld = true
    const told = asking(service)
    await vi.waitFor(() => expect(told.text).not.toBe(''))
    memory.found = null
    script.hasCard = false
    memory.looks.length = 0
    launcher.processes[1]!.crash({ code: null, signal: 'SIGABRT' })
    expect(await told.ended).toMatchObject({ code: 'MODEL_CARD_FAILED', data: { worker: 'inference-2', device: 'cuda', reason: 'its process ended: signal SIGABRT' } })
    expect(told.text).toContain('first words')
    expect(service.pool.find(chat.id)?.engine.state).toMatchObject({ status: 'restarting', reason: 'signal SIGABRT' })
    expect((await service.forRole('completion').complete({ prefix: '', suffix: '', scope: 'line', maxTokens: 1 })).text).toBe(fill.id)
    await settled(service, chat)
    expect(memory.looks).toContain('afresh')
    expect(script.loads.at(-1)).toMatchObject({ device: 'cpu', contextTokens: before.contextTokens, kvCacheType: before.kvCacheType })
    expect(service.pool.find(chat.id)?.plan).toMatchObject({ gpuLayers: 0, gpuBytes: 0, fits: true })
    expect(await reasonOf(service, chat)).toBe(`Its process ended (signal SIGABRT) while it used the graphics card, and the card was not found when it was looked at again: it runs on the processor now, with 8,192 tokens of context and a f16 cache.`)
    script.isHeld = false
    expect(await asking(service).ended).toBeNull()
  })

  it('takes a smaller plan on the processor where main memory is short', async () => {
    const { service, script, memory, launcher, chat } = await start()
    await service.load(chat.id)
    const whole = service.pool.find(chat.id)!.plan!
    // Part of the model was on the card; all of it does not fit beside what other programs took meanwhile.
    memory.now = { ...memory.now, freeBytes: whole.totalBytes - 1e6 }
    memory.found = null
    script.hasCard = false
    launcher.last.crash({ code: 1, signal: null })
    await settled(service, chat)
    const plan = service.pool.find(chat.id)!.plan!
    expect(plan.totalBytes).toBeLessThan(whole.totalBytes)
    expect(await reasonOf(service, chat)).toContain(`${plan.contextTokens.toLocaleString('en-US')} tokens of context and a ${plan.kvCacheType} cache`)
  })

  it('is used again by the next load once it is back, also where the model stays loaded', async () => {
    const { service, script, memory, launcher, chat } = await start()
    await service.load(chat.id)
    memory.found = null
    script.hasCard = false
    launcher.last.crash({ code: null, signal: 'SIGABRT' })
    await settled(service, chat)
    await service.load(chat.id)
    expect(script.loads).toHaveLength(2)
    memory.found = card(8e9)
    script.hasCard = true
    await service.load(chat.id)
    expect(script.loads).toHaveLength(3)
    expect(service.pool.find(chat.id)?.engine.state).toMatchObject({ status: 'ready', device: 'cuda' })
    expect(await reasonOf(service, chat)).toBeNull()
  })

  it('that is there still is tried once more, and then no more', async () => {
    const { service, script, launcher, chat } = await start()
    await service.load(chat.id)
    launcher.last.crash({ code: 134, signal: null })
    await settled(service, chat)
    expect(service.pool.find(chat.id)?.engine.state).toMatchObject({ device: 'cuda' })
    launcher.last.crash({ code: 134, signal: null })
    await settled(service, chat, 'restarting')
    await settled(service, chat)
    expect(script.loads.map(({ device }) => device)).toEqual(['auto', 'auto', 'cpu'])
    expect(await reasonOf(service, chat)).toContain('although the card is there: it runs on the processor now')
  })

  it('that the model cannot be loaded on again is left alone at once', async () => {
    const { service, script, launcher, chat } = await start()
    await service.load(chat.id)
    script.loadFault = new AppError('MODEL_LOAD_FAILED', { id: chat.id, reason: 'no CUDA-capable device is detected' })
    launcher.last.crash({ code: 1, signal: null })
    await vi.waitFor(() => expect(script.loads).toHaveLength(3), { timeout: 10_000 })
    await settled(service, chat)
    expect(script.loads.at(-1)).toMatchObject({ device: 'cpu' })
    expect(await reasonOf(service, chat)).toContain('could not be loaded on the graphics card again')
  })

  it('is looked at afresh where llama.cpp tells of the fault and its process lives on', async () => {
    const { service, script, memory, launcher, chat } = await start()
    await service.load(chat.id)
    script.answerFault = new AppError('MODEL_COMPUTE_FAILED', { reason: 'Eval has failed' })
    script.hasCard = false
    memory.found = null
    const told = asking(service)
    expect(await told.ended).toMatchObject({ code: 'MODEL_CARD_FAILED', data: { reason: 'llama.cpp could not go on: Eval has failed' } })
    await settled(service, chat)
    expect(launcher.processes).toHaveLength(2)
    expect(script.loads.at(-1)).toMatchObject({ device: 'cpu' })
    expect(await reasonOf(service, chat)).toContain('llama.cpp could not go on while it used the graphics card')
    // On the processor it is the model's own affair.
    expect(await asking(service).ended).toMatchObject({ code: 'MODEL_COMPUTE_FAILED' })
    expect(stateOf(service, chat)).toBe('ready')
  })

  it('has nothing to do with a model on the processor', async () => {
    const { service, script, memory, launcher, chat } = await start({ gpu: null })
    script.hasCard = false
    await service.load(chat.id)
    script.isHeld = true
    const told = asking(service)
    await vi.waitFor(() => expect(told.text).not.toBe(''))
    launcher.last.crash({ code: 1, signal: null })
    expect(await told.ended).toMatchObject({ code: 'WORKER_CRASHED' })
    await settled(service, chat)
    expect(memory.looks).not.toContain('afresh')
  })
})

it('tells how fast a model writes, and on what', async () => {
  const { service, speeds, chat } = await start()
  await service.load(chat.id)
  expect(await asking(service).ended).toBeNull()
  await vi.waitFor(() => expect(speeds).toEqual([{ modelId: chat.id, sizeBytes: chat.sizeBytes, layers: 2, tokensPerSecond: 50, device: 'cuda', gpuLayers: 3 }]))
})

describe('one budget for the graphics card', () => {
  it('holds two models, and refuses a third that is to be there whole, with a plan that would fit', async () => {
    const one = await start()
    const { gpuBytes } = await one.service.plan(one.chat.id)
    expect(gpuBytes).toBeGreaterThan(0)
    // The reserve of the card, and room for two and a half.
    const { service, memory, chat, fill, other } = await start({ gpu: { name: 'A card', totalBytes: 300e6 + gpuBytes * 2.5, freeBytes: 300e6 + gpuBytes * 2.5 } })
    const whole = { gpuLayers: 99, contextTokens: 8192, kvCacheType: 'f16' as const, batchTokens: 512 }
    await service.load(chat.id, { options: whole })
    await service.load(fill.id, { options: whole, roles: ['completion'] })
    await service.pin(chat.id, true)
    await service.pin(fill.id, true)
    // Nobody has looked at the card since: what the two took counts all the same.
    const refusal = await service.load(other.id, { options: whole, roles: [] }).then(() => null, (error: unknown) => error)
    expect(refusal).toMatchObject({ code: 'MODEL_DOES_NOT_FIT', data: { id: other.id, suggestion: { fits: true } } })
    const { suggestion } = (refusal as AppError<'MODEL_DOES_NOT_FIT'>).data
    expect(suggestion!.gpuBytes).toBeLessThan(gpuBytes)
    expect([chat, fill].map(model => stateOf(service, model))).toEqual(['ready', 'ready'])
    const { gpuLayers, contextTokens, kvCacheType, batchTokens } = suggestion!
    expect(await service.load(other.id, { options: { gpuLayers, contextTokens, kvCacheType, batchTokens }, roles: [] })).toMatchObject({ status: 'ready', gpuLayers })
    const taken = service.pool.seats.reduce((sum, { plan }) => sum + (plan?.gpuBytes ?? 0), 0)
    expect(taken).toBeLessThanOrEqual(memory.now.gpu!.totalBytes - 300e6)
    expect((await service.pool.residents()).budget.gpu).toEqual(memory.now.gpu)
  })

  it('is free for another once a model goes', async () => {
    const one = await start()
    const { gpuBytes } = await one.service.plan(one.chat.id)
    const totalBytes = 300e6 + gpuBytes * 1.5
    const { service, memory, chat, fill } = await start({ gpu: { name: 'A card', totalBytes, freeBytes: totalBytes } })
    const whole = { gpuLayers: 99, contextTokens: 8192, kvCacheType: 'f16' as const, batchTokens: 512 }
    await service.load(chat.id, { options: whole })
    memory.now = { ...memory.now, gpu: { name: 'A card', totalBytes, freeBytes: totalBytes - gpuBytes } }
    await service.pin(chat.id, true)
    await expect(service.load(fill.id, { options: whole, roles: ['completion'] })).rejects.toMatchObject({ code: 'MODEL_DOES_NOT_FIT' })
    // Whoever is not pinned and idle makes way, and what it had on the card counts as free.
    await service.pin(chat.id, false)
    await new Promise(done => setTimeout(done, 5))
    expect(await service.load(fill.id, { options: whole, roles: ['completion'] })).toMatchObject({ status: 'ready', device: 'cuda' })
    expect(service.pool.seats.map(({ model }) => model.id)).toEqual([fill.id])
  })
})
