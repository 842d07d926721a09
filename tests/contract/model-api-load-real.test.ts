import { once } from 'node:events'
import { connect as openSocket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import OpenAI from 'openai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Client } from '../../main/shared/contract/index.ts'
import { startServedApp, type ServedApp } from '../support/engine-app.ts'
import { makeModel } from '../support/make-model.ts'

// Many clients against the whole application: real processes, a real llama.cpp.
const callers = 200
const waiting = 20
const atOnce = 2

let app: ServedApp
let cortex: Client

beforeAll(async () => {
  app = await startServedApp({ 'server.parallel': atOnce, 'server.queue': waiting })
  cortex = app.client
})
afterAll(async () => await app?.dispose())

async function activity() {
  for await (const event of await cortex.modelServer.watch()) if (event.type === 'snapshot') return event.activity
  throw new Error('The watch ended')
}

test(`${callers} clients at once get an answer of the starter model, or are told when to come back and get one then`, { timeout: 240_000 }, async () => {
  const starter = (await cortex.models.list()).find(model => model.isStarter)!
  await cortex.models.load({ id: starter.id })
  const pid = await app.pidOf(starter.id)
  const model = await app.nameOf(starter.sizeBytes)
  const asked = { model, messages: [{ role: 'user' as const, content: 'Write a function.' }], temperature: 0, max_completion_tokens: 12 }
  const tokens = await Promise.all(Array.from({ length: callers }, async (_, index) => (await cortex.modelServer.createClient({ name: `one of many ${index}` })).token))

  const ask = async (own: string, isStreamed: boolean): Promise<string> => {
    if (!isStreamed) return (await app.openai(own).chat.completions.create(asked)).choices[0]!.message.content ?? ''
    let text = ''
    for await (const chunk of await app.openai(own).chat.completions.create({ ...asked, stream: true })) text += chunk.choices[0]?.delta.content ?? ''
    return text
  }
  const outcomes = await Promise.all(tokens.map(async (own, index) => await ask(own, index % 2 === 0).then(
    text => ({ text, refusal: null }),
    (error: unknown) => ({ text: null, refusal: error }),
  )))
  const refusals = outcomes.flatMap(({ refusal }) => (refusal === null ? [] : [refusal]))
  for (const refusal of refusals) {
    expect(refusal).toBeInstanceOf(OpenAI.RateLimitError)
    expect(Number((refusal as InstanceType<typeof OpenAI.RateLimitError>).headers?.get('retry-after'))).toBeGreaterThan(0)
  }
  const texts = outcomes.flatMap(({ text }) => (text === null ? [] : [text]))
  expect(texts.length).toBeGreaterThanOrEqual(atOnce + waiting)
  expect(refusals.length).toBeGreaterThan(0)
  // Greedy, one model: the same words for everybody.
  expect(new Set(texts).size).toBe(1)
  expect(texts[0]).not.toBe('')
  expect(await activity()).toMatchObject({ running: [], waiting: 0 })

  const refused = tokens.filter((_, index) => outcomes[index]!.refusal !== null).slice(0, waiting)
  expect(await Promise.all(refused.map(async own => await ask(own, false)))).toEqual(refused.map(() => texts[0]))
  expect(await app.pidOf(starter.id)).toBe(pid)
  expect(app.test.app.services.models.pool.find(starter.id)!.engine.state.status).toBe('ready')
})

test('a client that never reads stops the writing of a real model, keeps nobody else waiting, and frees the model when it goes', { timeout: 300_000 }, async () => {
  const path = join(app.test.makeFolder('models'), 'endless.gguf')
  await makeModel({ path, layers: 2, width: 64, contextLength: 16_384 })
  const made = await cortex.models.add({ path })
  await cortex.models.load({ id: made.id, options: { contextTokens: 16_384, sequences: 2 } })
  const pid = await app.pidOf(made.id)
  const model = await app.nameOf(made.sizeBytes)
  const messages = [{ role: 'user' as const, content: 'Write.' }]
  // With what it nearly said each token fills the line quickly: more than the system holds for one connection.
  const body = JSON.stringify({ model, messages, stream: true, max_completion_tokens: 16_000, temperature: 1, logprobs: true, top_logprobs: 20 })
  const socket = openSocket({ host: '127.0.0.1', port: app.test.http.port })
  await once(socket, 'connect')
  socket.pause()
  socket.write(`POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:${app.test.http.port}\r\nAuthorization: Bearer ${app.token}\r\nContent-Length: ${body.length}\r\n\r\n${body}`)

  let tokens = 0
  let looksWithoutOne = 0
  await expect.poll(async () => {
    await sleep(500)
    const now = (await activity()).running[0]?.tokens ?? 0
    looksWithoutOne = now === tokens && now > 0 ? looksWithoutOne + 1 : 0
    tokens = now
    return looksWithoutOne
  }, { timeout: 240_000 }).toBeGreaterThanOrEqual(4)
  console.log(`The model stood still after ${tokens} tokens`)
  expect(tokens).toBeLessThan(15_000)
  expect((await activity()).running).toHaveLength(1)
  const answer = await app.openai().chat.completions.create({ model, messages, max_completion_tokens: 4 })
  expect(answer.usage?.completion_tokens).toBeGreaterThan(0)
  socket.destroy()
  await expect.poll(async () => (await activity()).running).toEqual([])
  expect(app.test.app.services.models.pool.find(made.id)!.engine.activity.isBusy).toBe(false)
  expect((await app.openai().chat.completions.create({ model, messages, max_completion_tokens: 4 })).choices).toHaveLength(1)
  expect(await app.pidOf(made.id)).toBe(pid)
})
