import { once } from 'node:events'
import { connect } from 'node:net'
import OpenAI from 'openai'
import { afterEach, describe, expect, test } from 'vitest'
import { startModelServer, type ModelServer } from '../support/model-server.ts'

const model = 'fake-model'
const messages = [{ role: 'user' as const, content: 'a question' }]
let running: ModelServer | null = null
afterEach(async () => await running?.dispose())

describe('many clients', () => {
  test('200 at once are all answered, in turns', { timeout: 60_000 }, async () => {
    running = await startModelServer({ settings: { 'server.parallel': 4, 'server.queue': 256 } })
    running.engine.millisecondsPerToken = 1
    let most = 0
    const watching = setInterval(() => (most = Math.max(most, running!.engine.running)), 1)
    const answers = await Promise.all(Array.from({ length: 200 }, async (_, index) => {
      const client = running!.openai(running!.addClient({ name: `one of many ${index}` }).token)
      if (index % 2 === 0) return (await client.chat.completions.create({ model, messages })).choices[0]!.message.content
      let text = ''
      for await (const chunk of await client.chat.completions.create({ model, messages, stream: true })) text += chunk.choices[0]?.delta.content ?? ''
      return text
    }))
    clearInterval(watching)
    expect(new Set(answers)).toEqual(new Set(['A short answer.']))
    expect(most).toBeLessThanOrEqual(4)
    expect(running.engine.asked).toHaveLength(200)
    expect(running.audit.events.filter(({ kind }) => kind === 'prompt.server')).toHaveLength(200)
  })

  test('beyond the queue are told to come back, and the client that asks most loses first', { timeout: 60_000 }, async () => {
    running = await startModelServer({ settings: { 'server.parallel': 1, 'server.queue': 10 } })
    running.engine.millisecondsPerToken = 20
    const { token } = running.addClient({ name: 'modest' })
    const greedy = Array.from({ length: 40 }, async () => await running!.openai().chat.completions.create({ model, messages }).then(() => 'answered', (error: unknown) => (error instanceof OpenAI.RateLimitError && Number(error.headers?.get('retry-after')) > 0 ? 'later' : error)))
    await expect.poll(() => running!.service.state.isOn && running!.engine.running).toBe(1)
    const modest = await Promise.all(Array.from({ length: 3 }, async () => await running!.openai(token).chat.completions.create({ model, messages }).then(() => 'answered')))
    expect(modest).toEqual(['answered', 'answered', 'answered'])
    const outcomes = await Promise.all(greedy)
    expect(new Set(outcomes)).toEqual(new Set(['answered', 'later']))
  })
})

describe('a caller that leaves', () => {
  test('frees the model and its place, streaming, waiting or not', { timeout: 30_000 }, async () => {
    running = await startModelServer({ settings: { 'server.parallel': 1, 'server.queue': 10 } })
    running.engine.answers = [Array.from({ length: 100_000 }, () => 'word').join(' ')]
    running.engine.model!.contextTokens = 1_000_000
    running.engine.millisecondsPerToken = 5
    const stream = await running.openai().chat.completions.create({ model, messages, stream: true })
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break
    await expect.poll(() => running!.engine.running).toBe(0)

    const whole = new AbortController()
    const first = running.openai().chat.completions.create({ model, messages }, { signal: whole.signal }).catch((error: unknown) => error)
    await expect.poll(() => running!.engine.running).toBe(1)
    const waiting = new AbortController()
    const second = running.anthropic().messages.create({ model, max_tokens: 9, messages }, { signal: waiting.signal }).catch((error: unknown) => error)
    const events = running.service.watch()
    const activity = async () => (await events.next()).value
    await expect.poll(async () => JSON.stringify(await activity())).toContain('"waiting":1')
    waiting.abort()
    await second
    await expect.poll(async () => JSON.stringify(await activity())).toContain('"waiting":0')
    whole.abort()
    await first
    await expect.poll(() => running!.engine.running).toBe(0)
    await events.return()
    running.engine.answers = ['done']
    expect((await running.openai().chat.completions.create({ model, messages })).choices[0]!.message.content).toBe('done')
    expect(running.audit.events.filter(({ details }) => details?.['error'] === 'caller-left').length).toBeGreaterThanOrEqual(2)
  })

  test('is ended when it is revoked, and when the server is turned off', async () => {
    running = await startModelServer()
    running.engine.answers = [Array.from({ length: 10_000 }, () => 'word').join(' ')]
    running.engine.model!.contextTokens = 1_000_000
    running.engine.millisecondsPerToken = 5
    const { client, token } = running.addClient()
    const read = async (its: OpenAI): Promise<unknown> => {
      try {
        for await (const chunk of await its.chat.completions.create({ model, messages, stream: true })) void chunk
        return 'whole'
      } catch (error) {
        return error
      }
    }
    const revoked = read(running.openai(token))
    const off = read(running.openai())
    await expect.poll(() => running!.engine.running).toBe(2)
    running.service.revokeClient(client.id)
    expect(await revoked).toMatchObject({ code: 'invalid_api_key' })
    expect(running.engine.running).toBe(1)
    await running.service.turnOff()
    expect(await off).toMatchObject({ message: expect.stringContaining('off') })
    await expect.poll(() => running!.engine.running).toBe(0)
  })
})

test('a client that never reads stops the writing, and costs no memory', { timeout: 60_000 }, async () => {
  running = await startModelServer()
  // 50 MB of text, if all of it were taken.
  running.engine.answers = [Array.from({ length: 50_000 }, () => ' '.repeat(1000) + 'w').join('')]
  running.engine.model!.contextTokens = 1_000_000
  const body = JSON.stringify({ model, messages, stream: true })
  const socket = connect({ host: '127.0.0.1', port: running.http.port })
  await once(socket, 'connect')
  socket.pause()
  socket.write(`POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:${running.http.port}\r\nAuthorization: Bearer ${running.token}\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
  const events = running.service.watch()
  let tokens = 0
  await events.next()
  // It stands still once the system's buffers are full.
  await expect.poll(async () => {
    await new Promise(resolve => setTimeout(resolve, 300))
    const now = await tokensNow()
    const isStill = now === tokens && now > 0
    tokens = now
    return isStill
  }, { timeout: 30_000 }).toBe(true)
  expect(tokens).toBeLessThan(25_000)
  expect(running.engine.running).toBe(1)
  socket.destroy()
  await expect.poll(() => running!.engine.running).toBe(0)
  await events.return()

  async function tokensNow(): Promise<number> {
    const snapshot = running!.service.watch()
    const { value } = await snapshot.next()
    await snapshot.return()
    return value?.type === 'snapshot' ? (value.activity.running[0]?.tokens ?? 0) : 0
  }
})
