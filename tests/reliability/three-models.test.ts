import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Client } from '#shared/contract/index.ts'
import type { Model } from '#shared/contract/models.ts'
import type { AppError } from '#shared/errors.ts'
import { startEngineApp, type EngineApp } from '../support/engine-app.ts'
import { makeModel } from '../support/make-model.ts'
import { findTestModel } from '../support/test-models.ts'
import type { TestApp } from '../support/test-host.ts'

// A model that completes, one that answers and one that makes vectors, each in a process of its own, all of them at work.
const smollm = await findTestModel('smollm2')
const minilm = await findTestModel('minilm')
const noVectors = 'missing' in minilm ? ` (skipped: ${minilm.missing})` : ''
const isSupported = process.platform !== 'win32'
const reason = isSupported ? '' : ' (skipped: Windows has no signals)'
/** Room for a fourth that is small. */
const spareBytes = 600e6

const roles = ['completion', 'chat', 'embedding'] as const
type Role = (typeof roles)[number]

let app: EngineApp
let test: TestApp
let client: Client
let models: Record<Role, Model>

beforeAll(async () => {
  app = await startEngineApp()
  ;({ test, client } = app)
  const folder = test.makeFolder('models')
  const writing = join(folder, 'writes.gguf')
  const embedding = join(folder, 'embeds.gguf')
  if ('missing' in smollm) await makeModel({ path: writing, layers: 4, width: 256, contextLength: 4096 })
  if ('missing' in minilm) await makeModel({ path: embedding, architecture: 'bert', layers: 4, width: 256, heads: 4, contextLength: 512, metadata: { 'tokenizer.ggml.token_type_count': { u32: 2 } } })
  models = {
    completion: (await client.models.list()).find(model => model.isStarter)!,
    chat: await client.models.add({ path: 'path' in smollm ? smollm.path : writing }),
    embedding: await client.models.add({ path: 'path' in minilm ? minilm.path : embedding }),
  }
})
afterAll(async () => await app?.dispose())

const seatOf = (role: Role) => test.app.services.models.pool.find(models[role].id)!
const pidOf = (role: Role): Promise<number> => app.pidOf(models[role].id)
const failure = (promise: Promise<unknown>): Promise<AppError | null> => promise.then(() => null, (error: AppError) => error)
const embed = async (texts: string[]): Promise<number[][]> => (await test.app.services.models.forRole('embedding').embed(texts)).map(({ vector }) => vector)

/** Each is long enough to be met in its middle. */
const asks: Record<Role, () => Promise<void>> = {
  completion: async () => expect((await client.completion.complete({ prefix: 'const numbers = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, ', suffix: '', scope: 'line', maxTokens: 100 })).tokens).toBe(100),
  chat: async () => {
    let text = ''
    for await (const event of await client.chat.ask({ prompt: 'Write a story.', maxTokens: 24, temperature: 0, ignoreEndOfText: true })) if (event.type === 'text-delta') text += event.text
    expect(text).not.toBe('')
  },
  embedding: async () => {
    const vectors = await embed(Array.from({ length: 20 }, (_, index) => `the text number ${index}`))
    expect(vectors).toHaveLength(20)
    for (const vector of vectors) expect(Math.hypot(...vector)).toBeCloseTo(1, 3)
  },
}

/** Asks one model again and again. */
function asking(role: Role) {
  let isOver = false
  let answers = 0
  const ended = (async () => {
    while (!isOver) {
      await asks[role]()
      answers++
    }
  })()
  ended.catch(() => undefined)
  return {
    ended,
    answers: () => answers,
    stop: async (): Promise<void> => {
      isOver = true
      await ended
    },
  }
}

/** Until each has answered so many times more; fails where one has ended. */
async function answered(busy: readonly ReturnType<typeof asking>[], times: number): Promise<void> {
  const before = busy.map(one => one.answers())
  const all = expect.poll(() => busy.every((one, index) => one.answers() >= before[index]! + times), { timeout: 60_000 }).toBe(true)
  await Promise.race([all, ...busy.map(async one => await one.ended)])
  await all
}

describe(`three models at work${reason}`, { skip: !isSupported }, () => {
  beforeEach(async () => {
    for (const role of roles) await client.models.load({ id: models[role].id, roles: [role] })
    const ready = (await app.snapshot()).residents.filter(one => one.status === 'ready').map(one => one.modelId)
    expect(ready.sort()).toEqual(roles.map(role => models[role].id).sort())
  })

  it('refuse a fourth with a plan that would fit, all of them answering meanwhile, and it loads beside them by that plan', async () => {
    const { budget } = await app.snapshot()
    const share = Math.min(75, Math.max(5, Math.ceil(((budget.usedBytes + spareBytes) / budget.totalBytes) * 100)))
    await client.settings.set({ scope: 'user', workspaceId: null, key: 'model.memoryBudget', value: share })
    const path = join(test.makeFolder('models'), 'large.gguf')
    await makeModel({ path, layers: 8, width: 1024, contextLength: 131_072 })
    const large = await client.models.add({ path })
    const pids = await Promise.all(roles.map(pidOf))

    const busy = roles.map(asking)
    await answered(busy, 1)
    const isAtWork = (): boolean => roles.every(role => seatOf(role).engine.activity.isBusy)
    await expect.poll(isAtWork, { interval: 5 }).toBe(true)
    const refused = await failure(client.models.load({ id: large.id, roles: [], options: { contextTokens: 131_072, kvCacheType: 'f16', sequences: 64 } }))
    await expect.poll(isAtWork, { interval: 5 }).toBe(true)
    expect(refused).toMatchObject({ code: 'MODEL_DOES_NOT_FIT', data: { id: large.id, suggestion: { fits: true } } })
    const { neededBytes, freeBytes, suggestion } = (refused as AppError<'MODEL_DOES_NOT_FIT'>).data
    expect(neededBytes).toBeGreaterThan(freeBytes)
    expect(suggestion!.totalBytes).toBeLessThanOrEqual(freeBytes)
    expect(await client.models.plan({ id: large.id })).toMatchObject({ fits: false, smaller: { fits: true } })
    // Whoever was at work goes on, in the process it had.
    await answered(busy, 2)
    expect(await Promise.all(roles.map(pidOf))).toEqual(pids)

    const { contextTokens, kvCacheType, sequences, batchTokens } = suggestion!
    expect(await client.models.load({ id: large.id, roles: [], options: { contextTokens, kvCacheType, sequences, batchTokens } })).toMatchObject({ status: 'ready' })
    await answered(busy, 1)
    for (const one of busy) await one.stop()
    const now = await app.snapshot()
    expect(now.residents.filter(one => one.status === 'ready').map(one => one.modelId)).toEqual([...roles.map(role => models[role].id), large.id])
    expect(now.budget.usedBytes).toBeLessThanOrEqual(now.budget.budgetBytes)
    await client.models.unload({ id: large.id })
    await client.settings.set({ scope: 'user', workspaceId: null, key: 'model.memoryBudget', value: null })
  }, 180_000)

  it.each(roles)('the death of the one for %s ends its answer with a typed error and leaves the two others answering', async role => {
    const others = roles.filter(other => other !== role)
    const pids = await Promise.all(others.map(pidOf))
    const victim = await pidOf(role)
    const busy = others.map(asking)
    const dying = asking(role)
    await answered([dying, ...busy], 1)
    // Nothing is awaited between the look and the signal.
    while (!seatOf(role).engine.activity.isBusy) await sleep(1)
    process.kill(victim, 'SIGKILL')
    expect(await failure(dying.ended)).toMatchObject({ code: 'WORKER_CRASHED', data: { worker: seatOf(role).name, reason: 'signal SIGKILL' } })
    await answered(busy, 2)
    expect(await Promise.all(others.map(pidOf))).toEqual(pids)
    await asks[role]()
    expect(await pidOf(role)).not.toBe(victim)
    for (const one of busy) await one.stop()
    // The next starts without this death.
    await client.models.unload({ id: models[role].id })
  }, 180_000)

  it.skipIf(noVectors !== '')(`make, through the application, the vectors of the published weights${noVectors}`, async () => {
    const references = JSON.parse(readFileSync(join(dirname('path' in minilm ? minilm.path : ''), 'all-minilm-l6-v2-reference.json'), 'utf8')) as { text: string; vector: number[] }[]
    expect(references.length).toBeGreaterThan(1)
    const vectors = await embed(references.map(({ text }) => text))
    for (const [index, { vector: reference }] of references.entries()) {
      const vector = vectors[index]!
      expect(vector).toHaveLength(reference.length)
      expect(Math.hypot(...vector)).toBeCloseTo(1, 6)
      expect(vector.reduce((sum, value, at) => sum + value * reference[at]!, 0) / Math.hypot(...reference)).toBeGreaterThanOrEqual(0.999)
    }
  })
})
