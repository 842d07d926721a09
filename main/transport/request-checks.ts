import type { IncomingMessage } from 'node:http'

const tokenProtocol = 'cortex.token.'
/** The subprotocol that the host speaks; the token travels beside it, as a browser cannot set headers on a WebSocket. */
export const rpcProtocol = 'cortex.v1'

export interface Place {
  port: number
}

/**
 * Whether a request was meant for this host. A page on another site can reach a loopback port by DNS rebinding: then `Host` carries the
 * other site's name, on a plain GET without any `Origin`, so `Host` is checked on every request.
 */
export function isHostOurs(request: IncomingMessage, { port }: Place): boolean {
  const host = request.headers.host
  return host === `127.0.0.1:${port}` || host === `localhost:${port}`
}

/** Programs send no `Origin`; a browser's must be the very origin that was asked. */
export function isOriginOurs(request: IncomingMessage): boolean {
  const { origin, host } = request.headers
  return origin === undefined || origin === `http://${host}`
}

/** Browsers say where a request comes from; only our own page may call. Programs say nothing. */
export function isSiteOurs(request: IncomingMessage): boolean {
  const site = request.headers['sec-fetch-site']
  return site === undefined || site === 'same-origin'
}

/** Following a link to the page is allowed from anywhere; loading its parts into another site's page is not. */
export function mayLoadPage(request: IncomingMessage): boolean {
  const site = request.headers['sec-fetch-site']
  if (site === undefined || site === 'same-origin' || site === 'none') return true
  return request.headers['sec-fetch-mode'] === 'navigate' && request.headers['sec-fetch-dest'] === 'document'
}

export function bearerToken(request: IncomingMessage): string | undefined {
  return /^Bearer ([\w-]{1,200})$/.exec(request.headers.authorization ?? '')?.[1]
}

/** The token among the offered subprotocols, or undefined where ours is not offered. */
export function protocolToken(request: IncomingMessage): string | undefined {
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map(name => name.trim())
  if (!offered.includes(rpcProtocol)) return undefined
  return offered.find(name => name.startsWith(tokenProtocol))?.slice(tokenProtocol.length)
}

export function rpcProtocols(token: string): string[] {
  return [rpcProtocol, tokenProtocol + token]
}
