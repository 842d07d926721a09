import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ChatMessage } from '#shared/contract/chat.ts'
import type { Client } from '#shared/contract/index.ts'
import { makeModel } from '../support/make-model.ts'
import { childrenOf } from '../support/processes.ts'
import { connect } from '../support/socket-client.ts'
import { startTestApp, type TestApp } from '../support/test-host.ts'

// P6: the inference worker dies in the middle of an answer. The model has random weights, so that it writes until its context ends.
const isSupported = process.platform !== 'win32'
const reason = isSupported ? '' : ' (skipped: Windows has no signals)'

let test: TestApp
let client: Client
let close: () => void
let workspaceId: string
let modelId: string
const controller = new AbortController()

beforeAll(async () => {
  if (!isSupported) return
  // One thread, so that no load measures threads first.
  test = await startTestApp({ 'model.loadAtStart': false, 'model.threads': 1 })
  ;({ client, close } = await connect(test.http))
  workspaceId = (await client.workspaces.open({ path: test.makeFolder('workspace') })).id
  const path = join(test.makeFolder('models'), 'random.gguf')
  await makeModel({ path, layers: 4, width: 512, heads: 8, keyValueHeads: 4, feedForward: 1536, contextLength: 8192 })
  modelId = (await client.models.add({ path })).id
  await client.models.load({ id: modelId })
})
afterAll(async () => {
  controller.abort()
  // The streams say goodbye over the socket.
  await sleep(50)
  close?.()
  await test?.dispose()
})

/** The messages of a conversation as a page shows them, kept up to date. */
function watch(conversationId: string) {
  let messages: ChatMessage[] = []
  void (async () => {
    for await (const event of await client.chat.watch({ workspaceId, conversationId }, { signal: controller.signal })) {
      if (event.type === 'snapshot') messages = event.messages
      else if (event.type === 'message-added') messages = [...messages, event.message]
      else if (event.type === 'message-changed') messages = messages.map(message => (message.id === event.message.id ? event.message : message))
      else if (event.type === 'text-delta') messages = messages.map(message => (message.id === event.messageId ? { ...message, text: message.text + event.text } : message))
    }
  })().catch(() => undefined)
  return () => messages
}

async function until<T>(look: () => T | null | undefined | false, milliseconds = 30_000): Promise<T> {
  const end = performance.now() + milliseconds
  for (;;) {
    const found = look()
    if (found) return found
    if (performance.now() > end) throw new Error('It did not come in time')
    await sleep(5)
  }
}

const workerPid = () => until(() => childrenOf(process.pid, 'inference')[0])
const failure = (promise: Promise<unknown>) => promise.then(
  value => ({ value }),
  (error: unknown) => error,
)

describe.skipIf(!isSupported)(`P6: the inference worker dies in the middle of an answer${reason}`, () => {
  it('keeps the text, says so within 1 s, starts again with a growing rest, answers the next question, and stops after three crashes', async () => {
    const terminal = await client.terminals.create({ workspaceId, columns: 80, rows: 24 })
    const other = await client.chat.create({ workspaceId })
    const { id: conversationId } = await client.chat.create({ workspaceId })
    const messages = watch(conversationId)
    const delays: number[] = []
    const rests: number[] = []

    for (const [round, signal] of (['SIGKILL', 'SIGSEGV', 'SIGKILL'] as const).entries()) {
      const { answerId } = await client.chat.send({ workspaceId, conversationId, prompt: `question ${round}`, attachments: [] })
      const answer = () => messages().find(message => message.id === answerId)
      const pid = await workerPid()
      await until(() => (answer()?.text.length ?? 0) > 50)
      const shown = answer()?.text ?? ''
      const killedAt = performance.now()
      process.kill(pid, signal)
      const failed = await until(() => answer()?.status === 'failed' && answer())
      delays.push(performance.now() - killedAt)
      expect(failed.text.startsWith(shown)).toBe(true)
      expect(failed).toMatchObject({ status: 'failed', stopReason: 'error', error: { code: 'WORKER_CRASHED', data: { worker: 'inference', reason: `signal ${signal}` } } })
      if (round === 2) break
      const next = await until(() => childrenOf(process.pid, 'inference').find(found => found !== pid))
      rests.push(performance.now() - killedAt)
      expect(next).not.toBe(pid)
    }
    console.info(`P6: typed error after ${delays.map(Math.round).join(', ')} ms; started again after ${rests.map(Math.round).join(', ')} ms`)
    expect(Math.max(...delays)).toBeLessThan(1000)
    expect(rests[0]).toBeGreaterThanOrEqual(500)
    expect(rests[1]).toBeGreaterThanOrEqual(1000)

    // The third crash in five minutes: no more by itself, and a plain reason instead.
    expect(await failure(client.chat.send({ workspaceId, conversationId, prompt: 'and now', attachments: [] }))).toMatchObject({ code: 'WORKER_UNAVAILABLE', data: { worker: 'inference', crashes: 3 } })
    expect(childrenOf(process.pid, 'inference')).toEqual([])

    // A person asks for the model again.
    await client.models.load({ id: modelId })
    const { answerId } = await client.chat.send({ workspaceId, conversationId, prompt: 'and now', attachments: [] })
    await until(() => (messages().find(message => message.id === answerId)?.text.length ?? 0) > 20)
    await client.chat.stop({ workspaceId, conversationId })
    await until(() => messages().find(message => message.id === answerId)?.status === 'stopped')
    expect(messages().filter(message => message.status === 'failed')).toHaveLength(3)

    // Nothing else noticed.
    const output = await client.terminals.attach({ workspaceId, terminalId: terminal.id }, { signal: controller.signal })
    await client.terminals.write({ workspaceId, terminalId: terminal.id, data: 'echo al""ive\r' })
    let text = ''
    for await (const event of output) {
      if (event.type === 'snapshot') text += event.replay
      if (event.type === 'data') text += event.data
      if (text.includes('alive')) break
    }
    expect(text).toContain('alive')
    await client.chat.send({ workspaceId, conversationId: other.id, prompt: 'hello', attachments: [] })
    await client.chat.stop({ workspaceId, conversationId: other.id })
  }, 120_000)
})
