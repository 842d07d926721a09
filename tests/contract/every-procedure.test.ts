import { MessageChannel } from 'node:worker_threads'
import { createORPCClient } from '@orpc/client'
import { RPCLink as PortLink } from '@orpc/client/message-port'
import { RPCLink as SocketLink } from '@orpc/client/websocket'
import { createRouterClient } from '@orpc/server'
import { WebSocket } from 'ws'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { contract, type Client } from '../../main/shared/contract/index.ts'
import { connectToRunningHost } from '../../main/transport/control-client.ts'
import { controlPath } from '../../main/transport/control-path.ts'
import { listenForControl } from '../../main/transport/control-server.ts'
import { rpcProtocols } from '../../main/transport/request-checks.ts'
import { createRpcServer } from '../../main/transport/rpc-server.ts'
import { startTestApp, type TestApp } from '../support/test-host.ts'
import { exercise, exercisePassphrase } from './exercise.ts'

interface Connection {
  client: Client
  close: () => unknown
}

let running: TestApp
const procedures = Object.entries(contract).flatMap(([feature, its]) => Object.entries(its).map(([name, procedure]) => ({ path: `${feature}.${name}`, method: procedure['~orpc'].route.method ?? 'POST' })))

beforeAll(async () => {
  running = await startTestApp()
  // What tests throw away goes into a trash of their own.
  process.env['XDG_DATA_HOME'] = running.makeFolder('trash')
})
afterAll(async () => await running.dispose())

const transports: Record<string, () => Promise<Connection>> = {
  'in this process': async () => ({ client: createRouterClient(running.app.router), close: () => undefined }),
  'over a message port': async () => {
    const { port1, port2 } = new MessageChannel()
    createRpcServer(running.app.router, running.host.log, 'port').serve({
      on: (event: 'message' | 'close', listener: (event: { data: unknown }) => void) => (event === 'message' ? port1.on('message', data => listener({ data })) : port1.on('close', () => listener({ data: null }))),
      postMessage: frame => port1.postMessage(frame),
    })
    port2.start()
    return { client: createORPCClient(new PortLink({ port: port2 })), close: () => port2.close() }
  },
  'over a WebSocket': async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${running.http.port}/rpc`, rpcProtocols(running.http.token))
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
    return { client: createORPCClient(new SocketLink({ websocket: socket as unknown as globalThis.WebSocket })), close: () => socket.close() }
  },
  'over the control socket': async () => {
    const path = controlPath(running.host.paths.state)
    const server = await listenForControl({ path, rpc: createRpcServer(running.app.router, running.host.log, 'control'), log: running.host.log, open: async () => ({ url: '', token: '', pid: 0 }) })
    const connection = await connectToRunningHost(path)
    return { client: connection!.client, close: async () => (connection!.close(), await server.close()) }
  },
}

/** The same client, which notes what was called. */
function noting(client: Client, called: Set<string>): Client {
  const features = Object.keys(contract).map(feature => {
    const procedures = (client as unknown as Record<string, Record<string, (...input: unknown[]) => unknown>>)[feature]!
    const its = new Proxy({}, { get: (_target, name: string) => (...input: unknown[]) => (called.add(`${feature}.${name}`), procedures[name]!(...input)) })
    return [feature, its]
  })
  return Object.fromEntries(features)
}

describe.each(Object.entries(transports))('every procedure %s', (_name, open) => {
  test('does what the contract says', { timeout: 180_000 }, async () => {
    const { client, close } = await open()
    const called = new Set<string>()
    const late = setTimeout(() => console.error(`It has waited in ${[...called].at(-1)}.`), 150_000)
    await exercise(noting(client, called), running.makeFolder('workspace')).finally(() => clearTimeout(late))
    await close()
    expect(procedures.map(procedure => procedure.path).filter(path => !called.has(path))).toEqual([])
  })
})

/** Every part of what these take may be left out. */
const needsNone = new Set(['workspaces.browse', 'audit.query', 'library.scan', 'models.unload'])

describe('every procedure over REST', () => {
  const call = async (path: string, method: string, body?: unknown) => await fetch(`http://127.0.0.1:${running.http.port}/api/v1/${path.startsWith('/') ? path.slice(1) : path.replace('.', '/')}`, { method, headers: { authorization: `Bearer ${running.http.token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })

  test.each(procedures)('$method /$path answers, and refuses input that does not fit', async ({ path, method }) => {
    const takesInput = (contract as unknown as Record<string, Record<string, { '~orpc': { inputSchema?: unknown } }>>)[path.split('.')[0]!]![path.split('.')[1]!]!['~orpc'].inputSchema !== undefined
    // Nothing given: what needs input says so, what needs none answers or streams.
    const answer = await call(path, method, method === 'POST' ? {} : undefined)
    await answer.body?.cancel()
    // A procedure that gives nothing back has no body.
    expect(answer.headers.get('content-type') ?? 'none').toMatch(answer.ok ? /json|event-stream|none/ : /json/)
    if (takesInput && !needsNone.has(path)) expect(answer.status).toBe(400)
    // There is no keychain here.
    else expect(answer.status).toBe(path === 'vault.useKeychain' ? 503 : 200)
    if (path === 'vault.lock') await call('vault.unlock', 'POST', { passphrase: exercisePassphrase })
    // A GET path does not change anything by POST, nor the other way round.
    expect((await call(path, method === 'GET' ? 'POST' : 'GET', method === 'GET' ? {} : undefined)).status).toBe(404)
  })

  test('reads query parameters by the schema, gives errors their status and words, and streams events', async () => {
    const folder = running.makeFolder('rest')
    const workspace = await (await call('workspaces.open', 'POST', { path: folder })).json() as { id: string }
    const found = await (await call(`files.find?workspaceId=${workspace.id}&query=a&limit=3`, 'GET')).json() as { files: unknown[] }
    expect(found.files).toEqual([])
    const missing = await call(`files.read?workspaceId=${workspace.id}&path=nothing.txt`, 'GET')
    expect(missing.status).toBe(404)
    expect(await missing.json()).toMatchObject({ defined: true, code: 'FILE_NOT_FOUND', data: { path: 'nothing.txt' }, message: expect.stringContaining('nothing.txt') })
    const stream = await call('workspaces.watch', 'GET')
    const reader = stream.body!.getReader()
    let text = ''
    while (!text.includes('\n\n') || !text.includes('data:')) text += new TextDecoder().decode((await reader.read()).value)
    expect(text).toMatch(/event: message\ndata: \{"type":"snapshot"/)
    await reader.cancel()
  })

  test('describes itself as OpenAPI 3.1', async () => {
    const document = await (await call('/openapi.json', 'GET')).json() as { openapi: string; paths: Record<string, Record<string, { summary: string }>> }
    expect(document.openapi).toMatch(/^3\.1/)
    expect(Object.keys(document.paths)).toHaveLength(procedures.length)
    for (const { path, method } of procedures) expect(document.paths[`/${path.replace('.', '/')}`]?.[method.toLowerCase()]?.summary, path).toMatch(/\w.*[.]$/)
  })
})
