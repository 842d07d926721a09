import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { implement } from '@orpc/server'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Model } from '#shared/contract/models.ts'
import { mapErrors } from '#shared/map-errors.ts'
import { settingDefinitions } from '#shared/setting-definitions.ts'
import { SpeculationOutcome } from '#shared/speculation.ts'
import { inference, type LoadRequest, type MeasuredSpeculation } from '../../../native/inference/contract.ts'
import { namedModels } from '../../../tests/support/named-models.ts'
import { FakeAudit } from '../../platform/audit/fake-audit.ts'
import { systemClock } from '../../platform/clock/clock.ts'
import { FakeClock } from '../../platform/clock/fake-clock.ts'
import { FakeLog } from '../../platform/log/fake-log.ts'
import { FakeMemory } from '../../platform/memory/fake-memory.ts'
import { openFakeStorage } from '../../platform/storage/fake-storage.ts'
import { unconfined } from '../../platform/workers/confinement.ts'
import { FakeLauncher } from '../../platform/workers/fake-launcher.ts'
import { SupervisedWorker } from '../../platform/workers/supervised-worker.ts'
import { engineVersion } from './engine-speculation.ts'
import { ModelsService } from './models-service.ts'

const resources = resolve(import.meta.dirname, '../../../resources')
const question = { turns: [{ role: 'user' as const, text: 'hi' }], maxTokens: 8, temperature: 0, seed: null, ignoreEndOfText: false }
const faster: MeasuredSpeculation = { winner: 'lookup', speeds: { off: 20, lookup: 28 } }
const { paths } = namedModels('chat', 'other')
const services: ModelsService[] = []
afterEach(async () => {
  await Promise.all(services.splice(0).map(service => service.dispose()))
})

interface Script {
  loads: LoadRequest[]
  measured: MeasuredSpeculation | null
  /** Signals of the measurements. */
  measurements: (AbortSignal | undefined)[]
  measureGate: Promise<void> | null
  answerGate: Promise<void> | null
  canMeasure: boolean
}

function start({ storage = openFakeStorage(), settings = {} }: { storage?: ReturnType<typeof openFakeStorage>; settings?: Record<string, unknown> } = {}) {
  const script: Script = { loads: [], measured: faster, measurements: [], measureGate: null, answerGate: null, canMeasure: true }
  const router = () => {
    const os = implement(inference).use(mapErrors)
    return os.router({
      load: os.load.handler(async function* ({ input }) {
        script.loads.push(input)
        const speculation = input.speculation === 'auto' || !script.canMeasure ? 'off' : input.speculation
        yield { type: 'load-end' as const, model: { contextTokens: 64, threads: 1, device: 'cpu', gpuLayers: 0, canChat: true, canFill: true, fillMode: null, canEmbed: false, canRerank: false, dimensions: null, sequences: 1, measuredThreads: {}, speculation, canMeasureSpeculation: script.canMeasure && input.speculation === 'auto' } }
      }),
      countTokens: os.countTokens.handler(({ input }) => input.texts.map(() => 1)),
      countChatTokens: os.countChatTokens.handler(() => 1),
      generate: os.generate.handler(async function* () {
        yield { type: 'text-delta' as const, text: 'a', tokens: 1 }
        await script.answerGate
        yield { type: 'generate-end' as const, stopReason: 'end-of-text' as const, promptTokens: 1, reusedTokens: 0, tokens: 1, tokensPerSecond: 1, firstTokenMilliseconds: 1, milliseconds: 1, drafted: { tokens: 10, accepted: 7 } }
      }),
      complete: os.complete.handler(() => ({ text: '', tokens: 1, promptTokens: 1, milliseconds: 1, stopReason: 'end-of-scope' as const })),
      embed: os.embed.handler(() => []),
      rerank: os.rerank.handler(() => ({ scores: [], tokens: 0 })),
      warmUp: os.warmUp.handler(() => ({ readTokens: 0 })),
      measureSpeculation: os.measureSpeculation.handler(async ({ signal }) => {
        script.measurements.push(signal)
        const aborted = new Promise<never>((_, reject) => signal?.addEventListener('abort', () => reject(new Error('given up'))))
        if (script.measureGate) await Promise.race([script.measureGate, aborted])
        return script.measured
      }),
      saveState: os.saveState.handler(() => ({ tokens: 0 })),
      restoreState: os.restoreState.handler(() => ({ tokens: 0 })),
      unload: os.unload.handler(() => undefined),
    })
  }
  const clock = new FakeClock(new Date('2026-11-28T12:00:00Z'))
  const values = { ...Object.fromEntries(Object.entries(settingDefinitions).map(([key, definition]) => [key, definition.default])), 'model.loadAtStart': false, ...settings } as never
  const log = new FakeLog()
  const launcher = new FakeLauncher({ inference: router })
  const makeWorker = (name: string) => new SupervisedWorker<typeof inference>({ launcher, clock: systemClock, log, spec: { name, entry: 'inference', env: {}, confinement: unconfined } })
  const service = new ModelsService({ storage, resources, clock, settings: { values: async () => values, onChange: () => () => undefined }, makeWorker, memory: new FakeMemory(16e9), audit: new FakeAudit(), log })
  services.push(service)
  const look = async (milliseconds: number): Promise<void> => {
    clock.advance(milliseconds)
    await service.pool.look()
  }
  return { service, script, clock, look, launcher }
}

const minutes = (count: number): number => count * 60_000
const loaded = (service: ModelsService): string[] => service.pool.seats.map(seat => seat.model.id)
const speculationOf = async (service: ModelsService, { id }: Model) => (await service.pool.residents()).residents.find(one => one.modelId === id)?.speculation

/** An answer that goes on until it is told to end. */
async function asking(service: ModelsService, script: Script, id: string) {
  const gate = Promise.withResolvers<void>()
  script.answerGate = gate.promise
  const engine = await service.forModel(id)
  const answer = (async () => {
    for await (const event of engine.generate(question)) void event
  })()
  await vi.waitFor(() => expect(service.pool.find(id)?.engine.activity.isBusy).toBe(true), { timeout: 20_000 })
  return async (): Promise<void> => {
    gate.resolve()
    await answer
  }
}

describe('a model that nobody asks', () => {
  it('is let go after the time that is set, and loaded again when it is asked', async () => {
    const { service, script, look } = start({ settings: { 'model.idleMinutes': 30 } })
    const chat = await service.add(paths.chat)
    await service.load(chat.id, { options: { speculation: 'off' } })
    await look(minutes(29))
    expect(loaded(service)).toEqual([chat.id])
    await (await asking(service, script, chat.id))()
    await look(minutes(29))
    expect(loaded(service)).toEqual([chat.id])
    await look(minutes(1) + 1)
    expect(loaded(service)).toEqual([])
    await service.engine.ready()
    expect([loaded(service), script.loads.length]).toEqual([[chat.id], 2])
  })

  it('stays while it answers, while it is pinned, and where no time is set', async () => {
    const { service, script, look } = start({ settings: { 'model.idleMinutes': 30 } })
    const [chat, other] = [await service.add(paths.chat), await service.add(paths.other)]
    await service.load(chat.id)
    await service.load(other.id, { roles: [] })
    await service.pin(other.id, true)
    const end = await asking(service, script, chat.id)
    await look(minutes(90))
    expect(loaded(service)).toEqual([chat.id, other.id])
    await end()
    await service.pin(other.id, false)
    await look(minutes(1))
    expect(loaded(service)).toEqual([chat.id])
    const forever = start({ settings: { 'model.idleMinutes': 0 } })
    await forever.service.load((await forever.service.add(paths.chat)).id)
    await forever.look(minutes(10_000))
    expect(loaded(forever.service)).toHaveLength(1)
  })
})

describe('whether guessing ahead is faster', () => {
  it('is measured once nobody asks, shown, and kept for the next load and the next start', async () => {
    const storage = openFakeStorage()
    const { service, script, look } = start({ storage })
    const chat = await service.add(paths.chat)
    await service.load(chat.id)
    expect(script.loads[0]).toMatchObject({ speculation: 'auto' })
    expect(await speculationOf(service, chat)).toEqual({ way: 'off', isChosen: false, outcome: null, guessed: 0, accepted: 0 })
    await look(9000)
    expect(script.measurements).toHaveLength(0)
    await look(1000)
    expect(script.measurements).toHaveLength(1)
    const outcome = { winner: 'lookup', factor: 1.4, measuredAt: Date.parse('2026-11-28T12:00:10Z') }
    expect(await speculationOf(service, chat)).toEqual({ way: 'lookup', isChosen: false, outcome, guessed: 0, accepted: 0 })
    await look(minutes(1))
    await (await asking(service, script, chat.id))()
    expect(await speculationOf(service, chat)).toMatchObject({ guessed: 10, accepted: 7 })
    expect((await service.plan(chat.id)).speculation).toEqual({ way: 'lookup', isChosen: false, outcome, guessed: 0, accepted: 0 })
    await service.unload(chat.id)
    await service.load(chat.id)
    expect(script.loads.at(-1)).toMatchObject({ speculation: 'lookup' })
    expect(await speculationOf(service, chat)).toMatchObject({ way: 'lookup', outcome, guessed: 0 })
    await look(minutes(1))
    expect(script.measurements).toHaveLength(1)
    const next = start({ storage })
    await next.service.load(chat.id)
    expect(next.script.loads[0]).toMatchObject({ speculation: 'lookup' })
    // Another way to load it is another question.
    await next.service.load(chat.id, { options: { kvCacheType: 'q8_0' } })
    expect(next.script.loads[1]).toMatchObject({ speculation: 'auto' })
  })

  it('is remembered where it is not, without the draft model that does not help', async () => {
    const { service, script, look } = start()
    const [chat, other] = [await service.add(paths.chat), await service.add(paths.other)]
    script.measured = { winner: 'off', speeds: { off: 20, lookup: 19, draft: 12 } }
    await service.load(chat.id, { options: { draft: other.id } })
    expect(script.loads[0]).toMatchObject({ speculation: 'auto', draftPath: other.path })
    await look(minutes(1))
    expect(await speculationOf(service, chat)).toMatchObject({ way: 'off', outcome: { winner: 'off', factor: 0.95 } })
    await service.unload(chat.id)
    const alone = await service.plan(chat.id, { draft: null })
    // As it is planned, so it is loaded: the memory of the draft model is not asked for.
    expect((await service.plan(chat.id)).totalBytes).toBe(alone.totalBytes)
    expect((await service.plan(chat.id, { speculation: 'draft' })).totalBytes).toBeGreaterThan(alone.totalBytes)
    await service.load(chat.id)
    expect(script.loads[1]).toMatchObject({ speculation: 'off', draftPath: null })
    expect(service.pool.find(chat.id)?.plan?.totalBytes).toBe(alone.totalBytes)
  })

  it('is never measured beside an answer of any model: whoever asks ends it, and it is tried again', async () => {
    const { service, script, look } = start()
    const [chat, other] = [await service.add(paths.chat), await service.add(paths.other)]
    await service.load(chat.id)
    await service.load(other.id, { roles: [], options: { speculation: 'off' } })
    const first = await asking(service, script, other.id)
    await look(minutes(1))
    expect(script.measurements).toHaveLength(0)
    await first()
    script.measureGate = new Promise(() => undefined)
    const measuring = look(minutes(1))
    await vi.waitFor(() => expect(script.measurements).toHaveLength(1), { timeout: 20_000 })
    const second = await asking(service, script, other.id)
    await measuring
    await vi.waitFor(() => expect(script.measurements[0]?.aborted).toBe(true), { timeout: 20_000 })
    expect(await speculationOf(service, chat)).toMatchObject({ outcome: null })
    await second()
    script.measureGate = null
    await look(9000)
    expect(script.measurements).toHaveLength(1)
    await look(minutes(1))
    expect(await speculationOf(service, chat)).toMatchObject({ way: 'lookup' })
  })

  it('is not measured where a person chose, and not again before the next load where it could not be', async () => {
    const { service, script, look } = start()
    const chat = await service.add(paths.chat)
    await service.load(chat.id, { options: { speculation: 'lookup' } })
    await look(minutes(1))
    expect(await speculationOf(service, chat)).toEqual({ way: 'lookup', isChosen: true, outcome: null, guessed: 0, accepted: 0 })
    expect(script.measurements).toHaveLength(0)
    script.measured = null
    await service.load(chat.id, { options: { speculation: 'auto' } })
    await look(minutes(1))
    await look(minutes(1))
    expect(script.measurements).toHaveLength(1)
    expect(await speculationOf(service, chat)).toMatchObject({ way: 'off', outcome: null, obstacle: 'unmeasured' })
    await service.unload(chat.id)
    await service.load(chat.id)
    await look(minutes(1))
    expect(script.measurements).toHaveLength(2)
  })
})

it('a process that ends over the measurement comes back with the same plan, and is never measured so again', async () => {
  const storage = openFakeStorage()
  const { service, script, look, launcher } = start({ storage })
  const chat = await service.add(paths.chat)
  await service.load(chat.id)
  const plan = service.pool.find(chat.id)!.describe(false, false, 0).plan
  script.measureGate = new Promise(() => undefined)
  const measuring = look(minutes(1))
  await vi.waitFor(() => expect(script.measurements).toHaveLength(1), { timeout: 20_000 })
  launcher.last.crash({ code: null, signal: 'SIGABRT' })
  await measuring
  await vi.waitFor(() => expect(script.loads).toHaveLength(2), { timeout: 20_000 })
  await service.engine.ready()
  expect(script.loads[1]).toEqual({ ...script.loads[0], speculation: 'off' })
  const now = service.pool.find(chat.id)!.describe(false, false, 0)
  expect([now.plan, now.reason]).toEqual([plan, null])
  expect(await speculationOf(service, chat)).toMatchObject({ way: 'off', isChosen: false, outcome: { winner: 'off', hasCrashed: true } })
  script.measureGate = null
  for (let looks = 0; looks < 3; looks++) await look(minutes(1))
  expect(script.measurements).toHaveLength(1)
  const next = start({ storage })
  await next.service.load(chat.id)
  expect(next.script.loads[0]).toMatchObject({ speculation: 'off' })
  await next.look(minutes(1))
  expect(next.script.measurements).toHaveLength(0)
  // What is known of a model goes with it.
  next.service.remove(chat.id)
  expect(storage.collection('engine-speculation', SpeculationOutcome).entries()).toEqual([])
})

it.each(['auto', 'lookup'] as const)('%s of a model that cannot take a guess back is said to be impossible', async speculation => {
  const { service, script, look } = start()
  script.canMeasure = false
  const chat = await service.add(paths.chat)
  await service.load(chat.id, { options: { speculation } })
  await look(minutes(1))
  expect(script.measurements).toHaveLength(0)
  expect(await speculationOf(service, chat)).toMatchObject({ way: 'off', outcome: null, obstacle: 'impossible' })
})

it('measures anew with another llama.cpp', () => {
  const { dependencies } = JSON.parse(readFileSync(resolve(resources, '../package.json'), 'utf8')) as { dependencies: Record<string, string> }
  expect(dependencies['node-llama-cpp']).toBe(engineVersion)
})

it('counts calls that wait for a model elsewhere among those that wait', async () => {
  const { service, script } = start()
  const chat = await service.add(paths.chat)
  await service.load(chat.id)
  service.pool.countWaiting(id => (id === chat.id ? 3 : 100))
  const queued = async () => (await service.pool.residents()).residents[0]?.activity.queued
  expect(await queued()).toBe(3)
  const ends = [await asking(service, script, chat.id), await asking(service, script, chat.id)]
  expect(await queued()).toBe(4)
  for (const end of ends) await end()
})
