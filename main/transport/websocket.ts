import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type WebSocket } from 'ws'
import { rpcProtocol } from './request-checks.ts'
import type { RpcServer, ServerPort } from './rpc-server.ts'

const largestFrameBytes = 128 * 1024 * 1024
/** A client that stopped reading is let go before it fills the memory. */
const largestBacklogBytes = 256 * 1024 * 1024
const pingMilliseconds = 20_000

export interface RpcSockets {
  /** Takes over a connection whose sender has been checked. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  close(): Promise<void>
}

export function rpcSockets(rpc: RpcServer): RpcSockets {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: largestFrameBytes,
    perMessageDeflate: false,
    // Never the offered token: what is chosen goes back in a header.
    handleProtocols: () => rpcProtocol,
  })
  /** Pings without an answer yet. */
  const unanswered = new WeakMap<WebSocket, number>()
  const pings = setInterval(() => {
    for (const socket of server.clients) {
      const count = unanswered.get(socket) ?? 0
      // Two: after a sleep the first tick may come before an answer that has waited in the socket all the while.
      if (count >= 2) socket.terminate()
      else {
        unanswered.set(socket, count + 1)
        socket.ping()
      }
    }
  }, pingMilliseconds)
  pings.unref()
  return {
    upgrade(request, stream, head) {
      server.handleUpgrade(request, stream, head, socket => {
        socket.on('pong', () => unanswered.delete(socket))
        // A frame that is too large or no WebSocket frame at all: `ws` closes the connection after this.
        socket.on('error', () => undefined)
        rpc.serve(asPort(socket))
      })
    },
    async close() {
      clearInterval(pings)
      for (const socket of server.clients) socket.terminate()
      await new Promise<void>(resolve => {
        server.close(() => {
          resolve()
        })
      })
    },
  }
}

function asPort(socket: WebSocket): ServerPort {
  return {
    on(event: 'message' | 'close', listener: (event: { data: unknown }) => void) {
      if (event === 'close') socket.on('close', listener)
      // Binary frames are passed on as they are, for the guard to drop. Text always comes as one Buffer.
      else socket.on('message', (data, isBinary) => {
        listener({ data: !isBinary && Buffer.isBuffer(data) ? data.toString('utf8') : data })
      })
    },
    postMessage(frame) {
      if (socket.readyState !== socket.OPEN) return
      if (socket.bufferedAmount > largestBacklogBytes) socket.terminate()
      else socket.send(frame)
    },
  }
}
