import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Client } from '#shared/contract/index.ts'
import type { Model, Resident } from '#shared/contract/models.ts'
import { AppError } from '#shared/errors.ts'
import { EngineService } from '../../main/features/models/engine-service.ts'
import { startEngineApp, type EngineApp } from '../support/engine-app.ts'
import { makeModel } from '../support/make-model.ts'
import { isAlive } from '../support/processes.ts'
import { findTestModel } from '../support/test-models.ts'
import type { TestApp } from '../support/test-host.ts'

// Several models at a time, each in a real process with a real llama.cpp.
const smollm = await findTestModel('smollm2')
const noStates = process.platform === 'linux' ? '' : ' (skipped: this system has no files in memory)'
const isSupported = process.platform !== 'win32'
const reason = isSupported ? '' : ' (skipped: Windows has no signals)'

let app: EngineApp
let test: TestApp
let client: Client
let starter: Model
let chat: Model

beforeAll(async () => {
  app = await startEngineApp()
  ;({ test, client } = app)
  starter = (await client.models.list()).find(model => model.isStarter)!
  const made = join(test.makeFolder('models'), 'random.gguf')
  if ('missing' in smollm) await makeModel({ path: made, layers: 4, width: 256, contextLength: 4096 })
  chat = await client.models.add({ path: 'path' in smollm ? smollm.path : made })
})
afterAll(async () => await app?.dispose())

const resident = async ({ id }: Model): Promise<Resident> => (await app.snapshot()).residents.find(one => one.modelId === id)!
const pidOf = ({ id }: Model): Promise<number> => app.pidOf(id)
const ask = async (prompt: string, maxTokens: number): Promise<string> => {
  let text = ''
  for await (const event of await client.chat.ask({ prompt, maxTokens, temperature: 0 })) if (event.type === 'text-delta') text += event.text
  return text
}
const complete = () => client.completion.complete({ prefix: 'function add(a, b) {\n  return a ', suffix: '\n}\n', maxTokens: 16 })
const failure = (promise: Promise<unknown>): Promise<AppError | null> => promise.then(() => null, (error: AppError) => error)

describe(`several models at a time${reason}`, { skip: !isSupported }, () => {
  it('completes with one and answers with another at the same time', async () => {
    await client.models.load({ id: starter.id, roles: ['completion'] })
    await client.models.load({ id: chat.id })
    const [text, completion] = await Promise.all([ask('What is the capital of France?', 24), complete()])
    if ('path' in smollm) expect(text).toContain('Paris')
    expect(completion.tokens).toBeGreaterThan(0)
    const { residents, roles, budget } = await app.snapshot()
    expect(residents.map(one => [one.modelId, one.process, one.status])).toEqual([[starter.id, 'inference', 'ready'], [chat.id, 'inference-2', 'ready']])
    expect(roles).toMatchObject({ chat: chat.id, completion: starter.id })
    for (const one of residents) {
      console.log(`${one.process}: planned ${Math.round(one.plan!.totalBytes / 1e6)} MB (weights ${Math.round(one.plan!.weightsBytes / 1e6)}, cache ${Math.round(one.plan!.cacheBytes / 1e6)}, compute ${Math.round(one.plan!.computeBytes / 1e6)}), measured ${Math.round(one.memoryBytes / 1e6)} MB`)
      expect(one.memoryBytes).toBeLessThan(one.plan!.totalBytes * 1.5)
      expect(one.facts!.contextTokens).toBe(one.plan!.contextTokens)
    }
    expect(budget.usedBytes).toBeLessThan(budget.budgetBytes)
    for await (const state of await client.privacy.watch()) {
      expect(state.processes.filter(({ process }) => process === 'inference').map(({ name, network }) => [name, network])).toEqual([[`Model (${starter.name})`, 'none'], [`Model (${chat.name})`, 'none']])
      break
    }
  }, 120_000)

  it.skipIf(noStates !== '')(`keeps what was read of a conversation over an unload, encrypted, and reads it again no more${noStates}`, async () => {
    const restore = vi.spyOn(EngineService.prototype, 'restoreState')
    const workspaceId = (await client.workspaces.open({ path: test.makeFolder('workspace') })).id
    const conversation = { workspaceId, conversationId: (await client.chat.create({ workspaceId })).id }
    // It may write until its context ends: a few words are enough.
    const answered = async (prompt: string): Promise<void> => {
      const { answerId } = await client.chat.send({ ...conversation, prompt })
      for await (const event of await client.chat.watch(conversation)) {
        const isBegun = event.type === 'text-delta' || (event.type === 'snapshot' && event.messages.some(one => one.id === answerId && one.text !== ''))
        if (isBegun || (event.type === 'message-changed' && event.message.id === answerId && event.message.status !== 'streaming')) break
      }
      await client.chat.stop(conversation)
    }
    await client.models.load({ id: chat.id })
    const marker = 'the violet lighthouse keeper counts herrings '
    await answered(`${marker.repeat(60)}. Answer with one word.`)
    const folder = join(test.host.paths.state, 'prompt-states')
    await vi.waitFor(() => expect(readdirSync(folder).filter(name => name.endsWith('.state'))).toHaveLength(1), { timeout: 30_000 })
    expect(readFileSync(join(folder, readdirSync(folder)[0]!)).includes('violet lighthouse')).toBe(false)
    await client.models.unload({ id: chat.id })
    await answered('Again, with one word.')
    const spared = (await restore.mock.results.at(-1)?.value) as number
    console.log(`A prompt state spared ${spared} tokens`)
    expect(spared).toBeGreaterThan(400)
    await client.chat.delete(conversation)
    await vi.waitFor(() => expect(readdirSync(folder)).toEqual([]), { timeout: 10_000 })
    restore.mockRestore()
  }, 180_000)

  it.each(['SIGKILL', 'SIGSEGV', 'SIGABRT'] as const)('%s of the chat model in an answer: a typed error, completion goes on, and it comes back with a smaller plan', async signal => {
    await client.models.load({ id: chat.id, options: {} })
    const before = (await resident(chat)).plan!
    const pid = await pidOf(chat)
    let killed = false
    const dying = failure((async () => {
      for await (const event of await client.chat.ask({ prompt: 'Write a long story.', maxTokens: 2000, temperature: 0, ignoreEndOfText: true })) {
        if (event.type !== 'text-delta' || killed) continue
        killed = true
        process.kill(pid, signal)
      }
    })())
    expect(await dying).toMatchObject({ code: 'WORKER_CRASHED', data: { worker: expect.stringMatching(/^inference/) } })
    expect((await complete()).tokens).toBeGreaterThan(0)
    expect((await ask('Say yes.', 4)).length).toBeGreaterThan(0)
    const after = await resident(chat)
    expect(after.plan!.totalBytes).toBeLessThan(before.totalBytes)
    expect(after.reason).toContain(signal)
    expect(await pidOf(chat)).not.toBe(pid)
    // Three deaths within five minutes would be too many for one process.
    await client.models.unload({ id: chat.id })
  }, 120_000)

  it('lets a completion through while the chat model stands still, and frees it all the same', async () => {
    await client.models.load({ id: chat.id })
    const pid = await pidOf(chat)
    process.kill(pid, 'SIGSTOP')
    expect((await complete()).tokens).toBeGreaterThan(0)
    const stuck = failure(ask('Say yes.', 4))
    await sleep(100)
    await client.models.unload({ id: chat.id })
    expect(await stuck).not.toBeNull()
    expect(isAlive(pid)).toBe(false)
    expect((await app.snapshot()).residents.filter(one => one.status === 'ready').map(one => one.modelId)).toEqual([starter.id])
  }, 120_000)

  it('ends an answer when its model is unloaded', async () => {
    await client.models.load({ id: chat.id })
    let isAsked = false
    const ended = failure((async () => {
      for await (const event of await client.chat.ask({ prompt: 'Write a long story.', maxTokens: 2000, temperature: 0, ignoreEndOfText: true })) {
        if (event.type !== 'text-delta' || isAsked) continue
        isAsked = true
        void client.models.unload({ id: chat.id })
      }
    })())
    expect(await ended).toMatchObject({ code: expect.stringMatching(/^(MODEL_NOT_LOADED|WORKER_CRASHED)$/) })
  }, 120_000)

  it.each([[1, 256], [10_000_000, null]] as const)('a context of %i is given the nearest that makes sense, with words', async (contextTokens, expected) => {
    const plan = await client.models.plan({ id: starter.id, options: { contextTokens } })
    expect(plan.reason).toContain(contextTokens.toLocaleString('en-US'))
    expect(await client.models.load({ id: starter.id, roles: ['completion'], options: { contextTokens } })).toMatchObject({ status: 'ready', contextTokens: expected ?? starter.contextLength })
    const { tokens, text } = await complete()
    expect(tokens).toBeGreaterThan(0)
    expect(text).not.toBe('')
  }, 120_000)
})
