import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/websocket'
import { WebSocket } from 'ws'
import type { Client } from '#shared/contract/index.ts'

/** A client of a served host over its WebSocket, as a page or a program would be. */
export async function connect({ port, token }: { port: number; token: string }): Promise<{ client: Client; close: () => void }> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/rpc`, ['cortex.v1', `cortex.token.${token}`])
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  // The link wants a browser's WebSocket; that of `ws` has what it uses.
  const client = createORPCClient<Client>(new RPCLink({ websocket: socket as never }))
  return { client, close: () => socket.terminate() }
}
