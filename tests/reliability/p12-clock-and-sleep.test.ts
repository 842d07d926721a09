import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Client } from '#shared/contract/index.ts'
import type { ChatMessage } from '#shared/contract/chat.ts'
import { childrenOf } from '../support/child-processes.ts'
import { connect } from '../support/socket-client.ts'
import { startApp, type RunningApp } from '../support/start-app.ts'
import { isAlive } from '../support/processes.ts'

const stopMilliseconds = process.env['CORTEX_SOAK'] ? 45_000 : 4000
/** `</s>` and `<|im_end|>` of the starter. */
const endMarks = [2, 8]

let app: RunningApp
let client: Client
let close: () => void
let workspaceId: string
beforeAll(async () => {
  app = await startApp()
  const connection = await connect(app)
  client = connection.client
  close = connection.close
  workspaceId = new URLSearchParams(new URL(app.url).hash.slice(1)).get('workspace') ?? ''
  for await (const event of await client.models.watch()) if ('engine' in event && event.engine.status === 'ready') break
  // The starter's answers are over before anybody could stop it: without its marks of an end it writes until its context is full.
  const { id } = await client.models.savePreset({ name: 'Endless', temperature: 0, sampling: { logitBias: Object.fromEntries(endMarks.map(token => [token, -100])) } })
  await client.models.configure({ id: 'starter', options: { preset: id } })
}, 120_000)
afterAll(async () => {
  close()
  await app.dispose()
})

const words = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}
/** The worker and what confines it. */
const inference = (): number[] => childrenOf(app.pid).filter(pid => words(pid).includes('inference'))

/** Some, such as what a shell starts on its way, have gone by then. */
function signal(pids: readonly number[], name: 'SIGSTOP' | 'SIGCONT'): void {
  for (const pid of pids) if (isAlive(pid)) process.kill(pid, name)
}

/** Stops processes in the middle of an answer, and tells how the answer went on. */
async function interrupted(stopped: () => number[]): Promise<{ before: number; after: number; answer: ChatMessage; resumed: number }> {
  const { id: conversationId } = await client.chat.create({ workspaceId })
  await client.chat.send({ workspaceId, conversationId, prompt: 'Write a long TypeScript class with many methods and comments.', attachments: [] })
  let before = 0
  let after = 0
  let resumedAt = 0
  let resumed = 0
  for await (const event of await client.chat.watch({ workspaceId, conversationId })) {
    if (event.type === 'message-changed' && event.message.role === 'assistant' && event.message.status !== 'streaming') return { before, after, answer: event.message, resumed }
    if (event.type !== 'text-delta') continue
    if (resumedAt > 0) {
      after += event.text.length
      if (resumed === 0) resumed = performance.now() - resumedAt
      continue
    }
    before += event.text.length
    const pids = stopped()
    expect(pids.length).toBeGreaterThan(0)
    try {
      signal(pids, 'SIGSTOP')
      await sleep(stopMilliseconds)
    } finally {
      // Children first, as a system that wakes up gives no order.
      signal(pids.toReversed(), 'SIGCONT')
    }
    resumedAt = performance.now()
  }
  throw new Error('The answer never ended')
}

describe.skipIf(process.platform !== 'linux')('P12: sleep in the middle of an answer', () => {
  const cases: readonly { name: string; stopped: () => number[]; isWorkerStopped: boolean }[] = [
    { name: 'the host and all its workers', stopped: () => [app.pid, ...childrenOf(app.pid)], isWorkerStopped: true },
    { name: 'the host alone', stopped: () => [app.pid], isWorkerStopped: false },
    ...(stopMilliseconds < 30_000 ? [{ name: 'the inference worker alone', stopped: inference, isWorkerStopped: true }] : []),
  ]
  test.each(cases)('$name stopped: the answer goes on, and so do the socket and the terminal', { timeout: 180_000 }, async ({ name, stopped, isWorkerStopped }) => {
    const workers = inference()
    const { id: terminalId } = await client.terminals.create({ workspaceId, columns: 80, rows: 24 })
    let screen = ''
    const shown = (async () => {
      for await (const event of await client.terminals.attach({ workspaceId, terminalId })) {
        if (event.type === 'snapshot') screen += event.replay
        else if (event.type === 'data') screen += event.data
        else return
      }
    })()
    const { before, after, answer, resumed } = await interrupted(stopped)
    process.stdout.write(`P12: ${name} stopped for ${stopMilliseconds / 1000} s: ${before} characters before, ${after} after, the first ${resumed.toFixed(0)} ms after waking; ended ${answer.status} (${answer.stopReason})\n`)
    expect(before).toBeGreaterThan(0)
    expect(after).toBeGreaterThan(0)
    expect(answer).toMatchObject({ status: 'complete', error: null })
    // Time of the worker: it was in the middle of it while it stood still.
    if (isWorkerStopped) expect(answer.milliseconds).toBeGreaterThan(stopMilliseconds * 0.9)
    // Nobody was shot, and nothing started anew.
    expect(workers.every(isAlive)).toBe(true)
    expect(inference()).toEqual(workers)
    await client.terminals.write({ workspaceId, terminalId, data: 'echo awake-$((6*7))\r' })
    await expect.poll(() => screen, { timeout: 20_000 }).toContain('awake-42')
    expect((await client.app.info()).isSafeMode).toBe(false)
    await client.terminals.close({ workspaceId, terminalId })
    await shown
  })
})
