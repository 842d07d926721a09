import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import type { EgressTarget } from './egress-target.ts'

interface Hop {
  url: URL
  target: EgressTarget
  method: string
  headers: Record<string, string>
  body: Uint8Array | null
  headerBytes: number
  /** To an address that has been checked, connecting or connected. */
  socket: Socket
}

/** Sends one request over one connection that ends with it. No agent, no proxy, no keeping alive. Rejects with what Node says. */
export async function sendRequest({ url, target, method, headers, body, headerBytes, socket }: Hop): Promise<IncomingMessage> {
  if (socket.connecting) await once(socket, 'connect')
  const stream = target.scheme === 'https' ? await secured(socket, target) : socket
  const sent = request({
    createConnection: () => stream,
    method,
    path: `${url.pathname}${url.search}`,
    headers: { ...headers, host: url.host, connection: 'close', ...(body ? { 'content-length': String(body.byteLength) } : {}) },
    setHost: false,
    maxHeaderSize: headerBytes,
  })
  return await new Promise((resolve, reject) => {
    sent.once('response', resolve)
    // What goes wrong later is told by the body's stream too.
    sent.on('error', reject)
    sent.once('close', () => {
      reject(new Error('The connection ended before an answer'))
    })
    sent.end(body ?? undefined)
  })
}

async function secured(socket: Socket, { host, address }: EgressTarget): Promise<TLSSocket> {
  const isAddress = address === host
  // Whatever the environment says of checking certificates: they are checked.
  const stream = connectTls({ socket, host, ...(isAddress ? {} : { servername: host }), rejectUnauthorized: true, minVersion: 'TLSv1.2', ALPNProtocols: ['http/1.1'] })
  await once(stream, 'secureConnect')
  return stream
}
