import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { createORPCClient } from '@orpc/client'
import { RPCLink as PortLink } from '@orpc/client/message-port'
import { RPCLink as SocketLink } from '@orpc/client/websocket'
import { os, type AnyRouter } from '@orpc/server'
import { RPCHandler as PortHandler } from '@orpc/server/message-port'
import { RPCHandler as SocketHandler } from '@orpc/server/ws'
import { WebSocket, WebSocketServer } from 'ws'
import type { Client } from '#shared/contract/index.ts'
import { createApp } from '../main/app.ts'
import { nodeHost } from '../main/platform/node-host.ts'
import { startHttpHost } from '../main/transport/http-host.ts'
import { createRpcServer, type ServerPort } from '../main/transport/rpc-server.ts'
import { figure, ratiosOfPairs, type Figure } from './figure.ts'

const pairs = 11
const callsPerRound = 1500

/** One call and its answer, through the router, its guards and its checks, over a bare oRPC echo that answers the same bytes on the same transport. */
export async function run(): Promise<Figure[]> {
  const home = mkdtempSync(join(tmpdir(), 'cortex-bench-'))
  process.env['CORTEX_HOME'] = home
  process.env['CORTEX_KEYCHAIN'] = 'off'
  const host = nodeHost({ entryFolder: import.meta.dirname, settingOverrides: { 'model.loadAtStart': false } })
  const app = await createApp(host)
  try {
    const answer = await callOver(app.router)
    const bare = { app: { info: os.handler(() => answer) } }
    return [await overSocket(app.router, bare, host), await overPort(app.router, bare, host)]
  } finally {
    await app.dispose()
    rmSync(home, { recursive: true, force: true })
  }
}

/** What the product answers: the peer gives the same. */
async function callOver(router: AnyRouter): Promise<unknown> {
  const { port1, port2 } = new MessageChannel()
  new PortHandler(router).upgrade(asPort(port1), { context: {} })
  const client: Client = createORPCClient(new PortLink({ port: port2 }))
  const answer = await client.app.info()
  port1.close()
  return answer
}

async function overSocket(router: AnyRouter, bare: AnyRouter, host: ReturnType<typeof nodeHost>): Promise<Figure> {
  const server = await startHttpHost({ router, log: host.log, clock: host.clock, version: host.version, port: 0, rendererFolder: import.meta.dirname })
  const ours = new WebSocket(`ws://127.0.0.1:${server.port}/rpc`, ['cortex.v1', `cortex.token.${server.token}`])
  const http = createServer()
  const sockets = new WebSocketServer({ server: http, perMessageDeflate: false })
  const handler = new SocketHandler(bare)
  sockets.on('connection', socket => {
    void handler.upgrade(socket)
  })
  await new Promise<void>(resolve => http.listen(0, '127.0.0.1', resolve))
  const theirs = new WebSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}`)
  await Promise.all([ours, theirs].map(socket => new Promise(resolve => socket.once('open', resolve))))
  try {
    // The link wants a browser's WebSocket; that of `ws` has what it uses.
    return await compare('contract round trip over WebSocket', new SocketLink({ websocket: ours as never }), new SocketLink({ websocket: theirs as never }))
  } finally {
    ours.terminate()
    theirs.terminate()
    sockets.close()
    http.close()
    await server.close()
  }
}

async function overPort(router: AnyRouter, bare: AnyRouter, host: ReturnType<typeof nodeHost>): Promise<Figure> {
  const ours = new MessageChannel()
  const theirs = new MessageChannel()
  createRpcServer(router, host.log, 'message-port').serve(asPort(ours.port1))
  new PortHandler(bare).upgrade(asPort(theirs.port1), { context: {} })
  try {
    return await compare('contract round trip over MessagePort', new PortLink({ port: ours.port2 }), new PortLink({ port: theirs.port2 }))
  } finally {
    ours.port1.close()
    theirs.port1.close()
  }
}

async function compare(name: string, ours: PortLink<Record<never, never>> | SocketLink<Record<never, never>>, theirs: PortLink<Record<never, never>> | SocketLink<Record<never, never>>): Promise<Figure> {
  const product: Client = createORPCClient(ours)
  const peer: Client = createORPCClient(theirs)
  const times: number[] = []
  const round = async (client: Client): Promise<number> => {
    const started = performance.now()
    for (let call = 0; call < callsPerRound; call++) await client.app.info()
    return performance.now() - started
  }
  // The first rounds compile.
  for (let warm = 0; warm < 2; warm++) await ratiosOfPairs(1, () => round(product), () => round(peer))
  const ratios = await ratiosOfPairs(
    pairs,
    async () => {
      const time = await round(product)
      times.push(time)
      return time
    },
    () => round(peer),
  )
  const microseconds = (Math.min(...times) / callsPerRound) * 1000
  return figure(ratios, { name, unit: 'ratio', atMost: 1.3, note: `${pairs} pairs of ${callsPerRound} calls of app.info; fastest round ${microseconds.toFixed(0)} µs a call` })
}

/** A port of Node in the shape of Electron's, which is what the host serves. */
function asPort(port: MessagePort): ServerPort {
  return {
    on(event: 'message' | 'close', listener: (event: { data: unknown }) => void) {
      if (event === 'close') port.on('close', listener as () => void)
      else port.on('message', data => {
        listener({ data })
      })
    },
    postMessage(frame) {
      port.postMessage(frame)
    },
  }
}
