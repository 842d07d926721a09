import { join, resolve } from 'node:path'
import { implement } from '@orpc/server'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Model, ModelsEvent } from '#shared/contract/models.ts'
import { AppError } from '#shared/errors.ts'
import { mapErrors } from '#shared/map-errors.ts'
import { settingDefinitions } from '#shared/setting-definitions.ts'
import { inference, type GenerateEvent, type LoadRequest } from '../../../native/inference/contract.ts'
import { makeModel } from '../../../tests/support/make-model.ts'
import { namedModels } from '../../../tests/support/named-models.ts'
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
const made = namedModels('chat', 'fill', 'other')
const { paths } = made
const services: ModelsService[] = []
afterEach(async () => {
  await Promise.all(services.splice(0).map(service => service.dispose()))
})

interface Script {
  /** Thrown by a load that asks for more context than this. */
  mostContext: number
  loads: LoadRequest[]
  generate: (modelId: string) => AsyncGenerator<GenerateEvent>
}

function start({ memory = new FakeMemory(16e9), settings: given = {} }: { memory?: FakeMemory; settings?: Record<string, unknown> } = {}) {
  const script: Script = {
    mostContext: Infinity,
    loads: [],
    async *generate(modelId) {
      yield { type: 'text-delta', text: modelId, tokens: 1 }
      yield { type: 'generate-end', stopReason: 'end-of-text', promptTokens: 1, reusedTokens: 0, tokens: 1, tokensPerSecond: 1, firstTokenMilliseconds: 1, milliseconds: 1 }
    },
  }
  const router = () => {
    const os = implement(inference).use(mapErrors)
    let loaded = ''
    return os.router({
      load: os.load.handler(async function* ({ input }) {
        script.loads.push(input)
        const contextTokens = input.contextTokens ?? 0
        if (contextTokens > script.mostContext) throw new AppError('MODEL_OUT_OF_MEMORY', { id: input.modelId, neededBytes: 2, freeBytes: 1 })
        loaded = input.modelId
        const isEmbedding = input.use === 'embed'
        yield { type: 'load-end' as const, model: { contextTokens, threads: 1, device: 'cpu', gpuLayers: 0, canChat: !isEmbedding, canFill: !isEmbedding, fillMode: null, canEmbed: isEmbedding, canRerank: false, dimensions: isEmbedding ? 2 : null, sequences: input.sequences, measuredThreads: {} } }
      }),
      countTokens: os.countTokens.handler(({ input }) => input.texts.map(() => 1)),
      countChatTokens: os.countChatTokens.handler(() => 1),
      generate: os.generate.handler(() => script.generate(loaded)),
      complete: os.complete.handler(() => ({ text: loaded, tokens: 1, promptTokens: 1, milliseconds: 1, stopReason: 'end-of-scope' as const })),
      embed: os.embed.handler(({ input }) => input.texts.map(() => ({ vector: [1, 0], tokens: 1 }))),
      rerank: os.rerank.handler(() => ({ scores: [], tokens: 0 })),
      warmUp: os.warmUp.handler(() => ({ readTokens: 0 })),
      measureSpeculation: os.measureSpeculation.handler(() => null),
      saveState: os.saveState.handler(() => ({ tokens: 0 })),
      restoreState: os.restoreState.handler(() => ({ tokens: 0 })),
      unload: os.unload.handler(() => undefined),
    })
  }
  const values = { ...Object.fromEntries(Object.entries(settingDefinitions).map(([key, definition]) => [key, definition.default])), 'model.loadAtStart': false, ...given } as never
  const log = new FakeLog()
  const launcher = new FakeLauncher({ inference: router })
  const makeWorker = (name: string) => new SupervisedWorker<typeof inference>({ launcher, clock: systemClock, log, spec: { name, entry: 'inference', env: {}, confinement: unconfined } })
  const service = new ModelsService({ storage: openFakeStorage(), resources, settings: { values: async () => values, onChange: () => () => undefined }, makeWorker, memory, audit: new FakeAudit(), log })
  services.push(service)
  return { service, script, launcher, memory, add: async () => ({ chat: await service.add(paths.chat), fill: await service.add(paths.fill), other: await service.add(paths.other) }) }
}

const answer = async (service: ModelsService): Promise<string> => {
  let text = ''
  for await (const event of service.forRole('chat').generate(question)) if (event.type === 'text-delta') text += event.text
  return text
}
const complete = async (service: ModelsService) => (await service.forRole('completion').complete({ prefix: '', suffix: '', scope: 'line', maxTokens: 1 })).text
const resident = async (service: ModelsService, { id }: Model) => (await service.pool.residents()).residents.find(one => one.modelId === id)

describe('several models at a time', () => {
  it('answers with one, completes with another, each in a process of its own', async () => {
    const { service, launcher, add } = start()
    const { chat, fill } = await add()
    await service.load(chat.id)
    expect(await complete(service)).toBe(chat.id)
    await service.load(fill.id, { roles: ['completion'] })
    expect(await complete(service)).toBe(fill.id)
    expect(await answer(service)).toBe(chat.id)
    expect(service.roles()).toEqual({ chat: chat.id, completion: fill.id, embedding: null, rerank: null })
    expect(launcher.processes.map(process => process.spec.name)).toEqual(['inference', 'inference-2'])
    await expect(service.forRole('embedding').embed(['a'])).rejects.toMatchObject({ code: 'MODEL_NOT_LOADED' })
    expect(service.forRole('embedding').state.status).toBe('empty')
    expect(await Promise.all((['chat', 'completion', 'embedding', 'rerank'] as const).map(async role => (await service.modelFor(role))?.id ?? null))).toEqual([chat.id, fill.id, null, null])
    // Freed, they have their roles still.
    for (const { id } of [chat, fill]) await service.unload(id)
    expect([(await service.modelFor('chat'))?.id, (await service.modelFor('completion'))?.id]).toEqual([chat.id, fill.id])
    expect(service.pool.seats).toEqual([])
  })

  it('answers by name, whatever the roles are', async () => {
    const { service, add } = start()
    const { other } = await add()
    expect(await (await service.forModel(other.id)).ready()).toMatchObject({ id: other.id })
    await expect(service.forModel('nobody')).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' })
  })

  it('leaves the others answering when the process of one dies', async () => {
    const { service, script, launcher, add } = start()
    const { chat, fill } = await add()
    await service.load(fill.id, { roles: ['completion'] })
    await service.load(chat.id)
    const reply = script.generate
    script.generate = async function* () {
      yield { type: 'text-delta', text: 'a', tokens: 1 }
      await new Promise(() => undefined)
    }
    const failing = answer(service).then(() => null, (error: unknown) => error)
    await vi.waitFor(() => expect(service.engine.activity.task).toBe('chat'), { timeout: 20_000 })
    launcher.processes[1]!.crash({ code: null, signal: 'SIGSEGV' })
    expect(await failing).toMatchObject({ code: 'WORKER_CRASHED', data: { worker: 'inference-2', reason: 'signal SIGSEGV' } })
    expect(await complete(service)).toBe(fill.id)
    script.generate = reply
    expect(await answer(service)).toBe(chat.id)
  })

  it('starts a process that died with a smaller plan and says so', async () => {
    const { service, script, launcher, add } = start()
    const { chat } = await add()
    await service.load(chat.id)
    expect(script.loads.at(-1)).toMatchObject({ contextTokens: 8192, kvCacheType: 'f16' })
    launcher.last.crash({ code: null, signal: 'SIGABRT' })
    await vi.waitFor(() => expect(service.engine.state.status).toBe('ready'), { timeout: 3000 })
    expect(script.loads.at(-1)).toMatchObject({ contextTokens: 8192, kvCacheType: 'q8_0' })
    expect((await resident(service, chat))?.reason).toContain('signal SIGABRT): it was loaded again with a smaller plan, 8,192 tokens of context and a q8_0 cache')
  })

  it('keeps its plan when it was an end of another kind', async () => {
    const { service, script, launcher, add } = start()
    await service.load((await add()).chat.id)
    launcher.last.crash({ code: 1, signal: null })
    await vi.waitFor(() => expect(script.loads).toHaveLength(2), { timeout: 3000 })
    expect(script.loads.at(-1)).toMatchObject({ contextTokens: 8192, kvCacheType: 'f16' })
  })

  it('tries smaller plans while llama.cpp finds too little memory', async () => {
    const { service, script, add } = start()
    script.mostContext = 1024
    const { chat } = await add()
    expect(await service.load(chat.id)).toMatchObject({ status: 'ready', contextTokens: 1024 })
    expect((await resident(service, chat))?.reason).toContain('llama.cpp found too little memory')
    script.mostContext = 1
    await expect(service.load(chat.id, { options: { contextTokens: 512 } })).rejects.toMatchObject({ code: 'MODEL_OUT_OF_MEMORY' })
  })

  it('loads two at once within one budget: the one that comes second is refused where there is room for one', async () => {
    const one = start()
    const { totalBytes } = await one.service.plan((await one.add()).chat.id)
    const { service, add } = start({ memory: new FakeMemory(totalBytes * 1.2), settings: { 'model.memoryBudget': 95 } })
    const { chat, other } = await add()
    const pin = { contextTokens: 8192, kvCacheType: 'f16' as const, batchTokens: 512 }
    const results = await Promise.allSettled([service.load(chat.id, { options: pin }), service.load(other.id, { options: pin, roles: [] })])
    expect(results[0]).toMatchObject({ status: 'fulfilled', value: { status: 'ready' } })
    expect(results[1]).toMatchObject({ status: 'rejected', reason: { code: 'MODEL_DOES_NOT_FIT' } })
    expect(await answer(service)).toBe(chat.id)
  })

  it('refuses a model that is larger than memory, with a plan that fits where there is one, and leaves the others as they are', async () => {
    const { service, memory, add } = start()
    const { chat, other } = await add()
    await service.load(chat.id)
    const small = await service.plan(other.id, { contextTokens: 512 })
    const used = (await service.pool.residents()).budget.usedBytes
    memory.now = { totalBytes: 16e9, freeBytes: used + small.totalBytes + 1e6, gpu: null }
    const refusal = await service.load(other.id, { roles: [], options: { contextTokens: 8192, kvCacheType: 'f16' } }).then(() => null, (error: unknown) => error)
    expect(refusal).toMatchObject({ code: 'MODEL_DOES_NOT_FIT', data: { id: other.id, suggestion: { fits: true } } })
    const { suggestion } = (refusal as AppError<'MODEL_DOES_NOT_FIT'>).data
    expect(await resident(service, other)).toMatchObject({ status: 'failed', plan: { fits: false } })
    expect(await service.load(other.id, { roles: [], options: { contextTokens: suggestion!.contextTokens, kvCacheType: suggestion!.kvCacheType, batchTokens: suggestion!.batchTokens } })).toMatchObject({ status: 'ready' })
    expect(await answer(service)).toBe(chat.id)
    memory.now = { totalBytes: 16e9, freeBytes: 0, gpu: null }
    await expect(service.load((await service.list())[0]!.id, { roles: [] })).rejects.toMatchObject({ code: 'MODEL_DOES_NOT_FIT', data: { suggestion: null } })
    expect(service.roles().chat).toBe(chat.id)
  })

  it('lets go of an idle model of lower rank to make room, never of a pinned one', async () => {
    const { service, memory, add } = start()
    const { chat, fill, other } = await add()
    await service.load(other.id, { roles: [] })
    await service.load(chat.id)
    const used = (await service.pool.residents()).budget.usedBytes
    // Room for the two that are there, and none for a third.
    memory.now = { totalBytes: 16e9, freeBytes: used + 1e6, gpu: null }
    await service.pin(other.id, true)
    await service.pin(chat.id, true)
    await expect(service.load(fill.id, { roles: ['completion'] })).rejects.toMatchObject({ code: 'MODEL_DOES_NOT_FIT' })
    await service.pin(other.id, false)
    await new Promise(resolve => setTimeout(resolve, 5))
    expect(await service.load(fill.id, { roles: ['completion'] })).toMatchObject({ status: 'ready' })
    expect(service.pool.seats.map(seat => seat.model.id).sort()).toEqual([chat.id, fill.id].sort())
  })

  it('leaves a model alone that was asked while room was made of it', async () => {
    const { service, memory, script, add } = start()
    const { chat, fill, other } = await add()
    await service.load(other.id, { roles: [] })
    await service.load(chat.id)
    await service.pin(chat.id, true)
    const used = (await service.pool.residents()).budget.usedBytes
    memory.now = { totalBytes: 16e9, freeBytes: used + 1e6, gpu: null }
    await new Promise(resolve => setTimeout(resolve, 5))
    const goOn = Promise.withResolvers<void>()
    script.generate = async function* (modelId) {
      yield { type: 'text-delta', text: modelId, tokens: 1 }
      await goOn.promise
      yield { type: 'generate-end', stopReason: 'end-of-text', promptTokens: 1, reusedTokens: 0, tokens: 1, tokensPerSecond: 1, firstTokenMilliseconds: 1, milliseconds: 1 }
    }
    const asked: string[] = []
    const asking = Promise.withResolvers<void>()
    const machine = memory.machine.bind(memory)
    // Once it was measured who is idle, and before there is a plan without them.
    memory.machine = async () => {
      memory.machine = machine
      setImmediate(() => void (async () => {
        for await (const event of (await service.forModel(other.id)).generate(question)) if (event.type === 'text-delta') asked.push(event.text)
      })().then(asking.resolve, asking.reject))
      return await machine()
    }
    await expect(service.load(fill.id, { roles: ['completion'] })).rejects.toMatchObject({ code: 'MODEL_DOES_NOT_FIT' })
    goOn.resolve()
    await asking.promise
    expect(asked).toEqual([other.id])
    expect(service.pool.find(other.id)?.engine.state.status).toBe('ready')
  })

  it('takes the place of the model that had the role, unless that has another or is pinned', async () => {
    const { service, add } = start()
    const { chat, fill, other } = await add()
    await service.load(chat.id)
    await service.load(other.id)
    expect(service.pool.seats.map(seat => seat.model.id)).toEqual([other.id])
    await service.setRole('completion', other.id)
    await service.load(fill.id)
    expect(service.pool.seats.map(seat => seat.model.id)).toEqual([other.id, fill.id])
    await service.setRole('completion', null)
    await service.pin(fill.id, true)
    await service.load(chat.id)
    expect(service.pool.find(fill.id)).not.toBeNull()
    expect(await complete(service)).toBe(chat.id)
  })

  it('ends answers under way when a model is unloaded, and loads it again when it is asked', async () => {
    const { service, script, add } = start()
    const { chat } = await add()
    await service.load(chat.id)
    const reply = script.generate
    script.generate = async function* () {
      yield { type: 'text-delta', text: 'a', tokens: 1 }
      await new Promise(() => undefined)
    }
    const failing = answer(service).then(() => null, (error: unknown) => error)
    await vi.waitFor(() => expect(service.engine.activity.task).toBe('chat'), { timeout: 20_000 })
    await service.unload(chat.id)
    expect(await failing).toMatchObject({ code: expect.stringMatching(/^(WORKER_CRASHED|MODEL_NOT_LOADED)$/) })
    expect(service.engine.state.status).toBe('empty')
    script.generate = reply
    expect(await answer(service)).toBe(chat.id)
  })

  it('loads again with other options, and not where nothing has changed', async () => {
    const { service, script, add } = start()
    const { chat, fill } = await add()
    await service.load(chat.id)
    await service.load(chat.id)
    expect(script.loads).toHaveLength(1)
    await service.load(chat.id, { options: { contextTokens: 1024, sequences: 2, chatTemplate: '{{ x }}', draft: fill.id } })
    expect(script.loads.at(-1)).toMatchObject({ contextTokens: 1024, sequences: 2, chatTemplate: '{{ x }}', draftPath: fill.path })
    expect(service.pool.seats[0]?.reads).toEqual([chat.path, fill.path])
    await expect(service.configure(chat.id, { draft: 'nobody' })).rejects.toMatchObject({ code: 'MODEL_OPTION_INVALID' })
    service.remove(fill.id)
    await expect(service.load(chat.id, { options: { contextTokens: 512 } })).rejects.toMatchObject({ code: 'MODEL_OPTION_INVALID' })
  })

  it('refuses a draft model of another vocabulary before anything is kept or let go', async () => {
    const { service, script, add } = start()
    const { chat, fill } = await add()
    const path = join(made.folder, 'stranger.gguf')
    await makeModel({ path, vocabularySize: 299, layers: 1, contextLength: 8192, metadata: { 'general.name': { text: 'stranger' } } })
    const stranger = await service.add(path)
    await service.load(chat.id)
    const refusal = { code: 'MODEL_OPTION_INVALID', data: { id: chat.id, option: 'draft' } }
    for (const options of [{ draft: stranger.id }, { draft: stranger.id, speculation: 'off' as const }, { draft: chat.id }]) {
      await expect(service.plan(chat.id, options)).rejects.toMatchObject(refusal)
      await expect(service.configure(chat.id, options)).rejects.toMatchObject(refusal)
      await expect(service.load(chat.id, { options })).rejects.toMatchObject(refusal)
    }
    expect(await service.options(chat.id)).toMatchObject({ draft: null, speculation: 'auto', drafts: [] })
    // Its file was replaced by another after it was chosen.
    await service.configure(chat.id, { draft: fill.id })
    await makeModel({ path: paths.fill, vocabularySize: 299, contextLength: 8192, metadata: { 'general.name': { text: 'fill' } } })
    await expect(service.load(chat.id)).rejects.toMatchObject(refusal)
    await expect(service.plan(chat.id)).rejects.toMatchObject(refusal)
    await makeModel({ path: paths.fill, vocabularySize: 300, contextLength: 8192, metadata: { 'general.name': { text: 'fill' } } })
    expect(service.engine.state.status).toBe('ready')
    expect(await answer(service)).toBe(chat.id)
    expect(script.loads).toHaveLength(1)
  })

  it('tells who watches what is loaded and what that takes', async () => {
    const { service, add } = start()
    const { chat } = await add()
    const events: ModelsEvent[] = []
    const abort = new AbortController()
    const watching = (async () => {
      for await (const event of service.watch(abort.signal)) events.push(event)
    })()
    await vi.waitFor(() => expect(events[0]).toMatchObject({ type: 'snapshot', residents: [], budget: { budgetBytes: 12e9, usedBytes: 0 } }), { timeout: 20_000 })
    await service.load(chat.id)
    await vi.waitFor(() => expect(events.at(-1)).toMatchObject({ type: 'residency-changed', residents: [{ modelId: chat.id, status: 'ready', facts: { contextTokens: 8192 } }], roles: { chat: chat.id }, budget: { models: [{ modelId: chat.id }] } }), { timeout: 20_000 })
    abort.abort()
    await watching
  })

  it('measures a model on this machine', async () => {
    const { service, add, script } = start()
    const { chat } = await add()
    for await (const event of service.engine.generate(question, undefined, { isConversation: true })) void event
    expect(service.engine.activity.contextUsedTokens).toBe(2)
    const { generate } = script
    script.generate = async function* (modelId) {
      for await (const event of generate(modelId)) yield event.type === 'generate-end' ? { ...event, tokens: 500 } : event
    }
    const events = []
    for await (const event of service.benchmark({ id: chat.id, promptTokens: 16, tokens: 8, rounds: 2 })) events.push(event)
    expect(events.filter(event => event.type === 'benchmark-progress')).toHaveLength(3)
    expect(events.at(-1)).toMatchObject({ type: 'benchmark-end', tokensPerSecond: 1, prefillTokensPerSecond: 1000, rounds: 2 })
    // What it read and wrote is of no conversation.
    expect(service.engine.activity.contextUsedTokens).toBe(2)
    // It is kept with how the model was loaded.
    expect(await service.benchmarks()).toMatchObject([{ modelId: chat.id, tokensPerSecond: 1, rounds: 2, contextTokens: 8192, kvCacheType: 'f16', batchTokens: 512, measuredAt: expect.any(Date) }])
    service.remove(chat.id)
    expect(await service.benchmarks()).toEqual([])
  })

  it('begins answers with the preset that was chosen', async () => {
    const { service, add, script } = start()
    const { chat } = await add()
    const mine = service.savePreset({ name: 'Mine', temperature: 0.9, sampling: { topK: 5 } })
    await service.load(chat.id, { options: { preset: mine.id } })
    expect(await service.engine.ready()).toMatchObject({ preset: { temperature: 0.9, sampling: { topK: 5 } } })
    // Another holds at once, and its change too: neither needs a load.
    service.savePreset({ ...mine, temperature: 0.1 })
    expect(await service.engine.ready()).toMatchObject({ preset: { temperature: 0.1 } })
    await service.configure(chat.id, { preset: 'exact' })
    expect(await service.engine.ready()).toMatchObject({ preset: { id: 'exact' } })
    await service.load(chat.id, { options: { preset: mine.id } })
    expect(script.loads).toHaveLength(1)
    service.removePreset(mine.id)
    expect(await service.engine.ready()).not.toHaveProperty('preset')
    expect((await service.options(chat.id)).preset).toBeNull()
    await expect(service.configure(chat.id, { preset: 'nobody' })).rejects.toMatchObject({ code: 'PRESET_NOT_FOUND' })
    expect(() => service.removePreset('exact')).toThrow(new AppError('PRESET_NOT_FOUND', { id: 'exact' }))
  })
})
