import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/websocket'
import { WebSocket } from 'ws'
import type { Client } from '#shared/contract/index.ts'
import type { EngineState } from '#shared/contract/models.ts'
import { rpcProtocols } from '../main/transport/request-checks.ts'
import { makeModel, size150M } from '../tests/support/make-model.ts'
import { startApp, type RunningApp } from '../tests/support/start-app.ts'
import { starterPath } from '../tests/support/starter.ts'
import { findTestModel } from '../tests/support/test-models.ts'
import type { BareLoopOptions } from './bare-loop.ts'
import { figure, ratiosOfPairs, type Figure } from './figure.ts'

const pairs = 9
const turnPairs = 7
const question = 'Write a TypeScript function that reverses a string.'
/** As `resources/prompts` and the templates of both models render the question. */
const rendered = `<|im_start|>system\nYou are Cortex, a coding assistant. Answer briefly, with code in fenced blocks.<|im_end|>\n<|im_start|>user\n${question}<|im_end|>\n<|im_start|>assistant\n`

type Ready = Extract<EngineState, { status: 'ready' }>

/** Speed of answers through WebSocket, host and worker over a bare loop in a process of its own, and what a second turn waits for its first token. */
export async function run(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'cortex-bench-'))
  try {
    const smollm2 = await findTestModel('smollm2')
    const path = 'path' in smollm2 ? smollm2.path : join(folder, 'random-150m.gguf')
    if ('missing' in smollm2) await makeModel({ path, ...size150M })
    const name = 'path' in smollm2 ? 'SmolLM2-135M' : 'random model of 150 million weights'
    const large = await withModel(path, async (client, ready, app) => [
      await speed(client, ready, { path, name, tokens: 192, atLeast: 0.95 }),
      ...('path' in smollm2 ? [await secondTurn(client, app)] : []),
    ])
    const starter = await withModel(starterPath, async (client, ready) => [await speed(client, ready, { path: starterPath, name: 'the starter model', tokens: 600, atLeast: 0.75 })])
    return [...large, ...starter]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function withModel<T>(path: string, work: (client: Client, ready: Ready, app: RunningApp) => Promise<T>): Promise<T> {
  const app = await startApp({ options: ['--browser', '--model', path] })
  const socket = new WebSocket(`ws://127.0.0.1:${app.port}/rpc`, rpcProtocols(app.token))
  try {
    await once(socket, 'open')
    // The link wants a browser's WebSocket; that of `ws` has what it uses.
    const client: Client = createORPCClient(new RPCLink({ websocket: socket as never }))
    return await work(client, await untilReady(client), app)
  } finally {
    socket.terminate()
    await app.dispose()
  }
}

async function untilReady(client: Client): Promise<Ready> {
  for await (const event of await client.models.watch()) {
    if (event.type !== 'snapshot' && event.type !== 'engine-changed') continue
    if (event.engine.status === 'ready') return event.engine
    if (event.engine.status === 'failed') throw new Error(`The model was not loaded: ${event.engine.error.code}`)
  }
  throw new Error('The watch ended')
}

interface SpeedOptions {
  path: string
  name: string
  tokens: number
  atLeast: number
}

async function speed(client: Client, ready: Ready, { path, name, tokens, atLeast }: SpeedOptions): Promise<Figure> {
  const peer = await startPeer({ path, threads: ready.threads, contextTokens: ready.contextTokens, prompt: path === starterPath ? `<s>${rendered}` : rendered })
  const seen: number[] = []
  const product = async (): Promise<number> => {
    const measured = await streamedSpeed(client, tokens)
    seen.push(measured)
    return measured
  }
  const bare = async (): Promise<number> => {
    peer.send(tokens)
    return Number((await once(peer, 'message'))[0])
  }
  try {
    // The first round of each compiles.
    await ratiosOfPairs(1, product, bare)
    const ratios = await ratiosOfPairs(pairs, product, bare)
    const note = `${pairs} pairs of ${tokens} tokens, ${ready.threads} thread${ready.threads === 1 ? '' : 's'} on both sides; fastest here ${Math.max(...seen).toFixed(0)} tokens/s`
    return figure(ratios, { name: `tokens/s through WebSocket, host and worker over a bare loop, ${name}`, unit: 'ratio', atLeast, note })
  } finally {
    peer.kill()
  }
}

/** Tokens/s as the client sees them, after the first text. */
async function streamedSpeed(client: Client, maxTokens: number): Promise<number> {
  let first: { at: number; tokens: number } | null = null
  for await (const event of await client.chat.ask({ prompt: question, maxTokens, temperature: 0, ignoreEndOfText: true })) {
    if (event.type === 'text-delta') first ??= { at: performance.now(), tokens: event.tokens }
    else if (event.type === 'ask-end' && first) return ((event.tokens - first.tokens) / (performance.now() - first.at)) * 1000
  }
  throw new Error('The answer ended without its figures')
}

async function startPeer(options: BareLoopOptions): Promise<ChildProcess> {
  const peer = fork(join(import.meta.dirname, 'bare-loop.ts'), [JSON.stringify(options)], { env: { ...process.env, UV_THREADPOOL_SIZE: '1' } })
  await once(peer, 'message')
  return peer
}

async function secondTurn(client: Client, app: RunningApp): Promise<Figure> {
  const workspace = await client.workspaces.open({ path: app.folder ?? app.home })
  const firsts: number[] = []
  const ratios: number[] = []
  for (let pair = 0; pair < turnPairs; pair++) {
    const { id: conversationId } = await client.chat.create({ workspaceId: workspace.id })
    const named = { workspaceId: workspace.id, conversationId }
    const cold = await firstText(client, named, `${pair}: ${longText(pair)}\nWhat is this?`)
    const warm = await firstText(client, named, 'And what is the third line?')
    firsts.push(cold)
    ratios.push(warm / cold)
  }
  const note = `${turnPairs} conversations; fastest cold first token ${Math.min(...firsts).toFixed(0)} ms`
  return figure(ratios, { name: 'first token of the second turn over the cold first turn, 2,000-token chat, SmolLM2-135M', unit: 'ratio', atMost: 0.15, note })
}

/** About 1,950 tokens, other ones for each seed. */
function longText(seed: number): string {
  return Array.from({ length: 105 }, (_, line) => `export const value${line + seed} = compute(${line}, ${seed * 7 + line}) // step`).join('\n')
}

/** Milliseconds from the question to the first text; the answer is stopped after 20 tokens. */
async function firstText(client: Client, named: { workspaceId: string; conversationId: string }, prompt: string): Promise<number> {
  const events = await client.chat.watch(named)
  await events.next()
  const start = performance.now()
  await client.chat.send({ ...named, prompt })
  let first = 0
  for await (const event of events) {
    if (event.type === 'text-delta') {
      if (first === 0) first = performance.now() - start
      if (event.tokens >= 20) await client.chat.stop(named)
    }
    if (event.type === 'message-changed' && event.message.role === 'assistant' && event.message.status !== 'streaming') return first
  }
  throw new Error('The conversation ended')
}
