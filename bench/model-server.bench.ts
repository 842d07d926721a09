import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/websocket'
import { WebSocket } from 'ws'
import { z } from 'zod'
import type { Client } from '#shared/contract/index.ts'
import { rpcProtocols } from '../main/transport/request-checks.ts'
import { startApp } from '../tests/support/start-app.ts'
import { starterPath } from '../tests/support/starter.ts'
import { figure, median, type Figure } from './figure.ts'
import { answer, startInference } from './inference-worker.ts'

const requests = 200
const question = 'Reverse a string.'
const threads = 1
const contextTokens = 1024

/** A whole request of one token over the OpenAI interface (HTTP, client's token, limits, turn, audit log, host and worker), less the same answer asked of a worker directly. */
export async function run(): Promise<Figure[]> {
  await using stack = new AsyncDisposableStack()
  const worker = stack.adopt(startInference(), one => one.dispose())
  await worker.load({ path: starterPath, threads, contextTokens })
  const home = stack.adopt(mkdtempSync(join(tmpdir(), 'cortex-bench-')), one => rmSync(one, { recursive: true, force: true, maxRetries: 5 }))
  // Loaded as the worker beside it: what differs is the way there.
  writeFileSync(join(home, 'settings.jsonc'), JSON.stringify({ 'model.threads': threads, 'model.contextTokens': contextTokens }))
  const app = stack.adopt(await startApp({ home, options: ['--browser', '--model', starterPath] }), one => one.dispose())
  const socket = stack.adopt(new WebSocket(`ws://127.0.0.1:${app.port}/rpc`, rpcProtocols(app.token)), one => one.terminate())
  await once(socket, 'open')
  // The link wants a browser's WebSocket; that of `ws` has what it uses.
  const client: Client = createORPCClient(new RPCLink({ websocket: socket as never }))
  await client.modelServer.turnOn()
  const { token } = await client.modelServer.createClient({ name: 'bench', requestsPerMinute: null, tokensPerMinute: null })
  const served = server(app.port, token)
  const model = await served.model()
  const direct = async (): Promise<number> => timed(() => answer(worker, { turns: [{ role: 'user', text: question }], maxTokens: 1 }))
  const overHttp = async (): Promise<number> => timed(() => served.ask(model))
  // The first load the model and compile.
  for (let warm = 0; warm < 300; warm++) {
    await direct()
    await overHttp()
  }
  const [ours, theirs]: [number[], number[]] = [[], []]
  for (let index = 0; index < requests; index++) {
    ours.push(await overHttp())
    theirs.push(await direct())
  }
  const overhead = ours.map((time, index) => time - (theirs[index] ?? Number.NaN))
  const note = `${requests} pairs of one token from the starter model; ${median(ours).toFixed(1)} ms over HTTP, ${median(theirs).toFixed(1)} ms of a worker directly`
  return [figure(overhead, { name: 'a request to the model server over a direct call, median', unit: 'ms', atMost: 3, note })]
}

function server(port: number, token: string): { model: () => Promise<string>; ask: (model: string) => Promise<void> } {
  const ask = async (path: string, body?: object): Promise<unknown> => {
    const response = await fetch(`http://127.0.0.1:${port}/v1/${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`The model server answered ${response.status}: ${await response.text()}`)
    return await response.json()
  }
  return {
    model: async () => {
      const { data } = z.object({ data: z.array(z.object({ id: z.string() })) }).parse(await ask('models'))
      const [first] = data
      if (!first) throw new Error('The model server lists no model')
      return first.id
    },
    ask: async model => void (await ask('chat/completions', { model, messages: [{ role: 'user', content: question }], max_tokens: 1, temperature: 0 })),
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}
