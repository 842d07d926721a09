import type { IncomingMessage } from 'node:http'
import { AppError } from '#shared/errors.ts'
import { readTarget, type EgressTarget } from './egress-target.ts'
import type { SecretHeader } from './network-door.ts'

export interface HopRequest {
  url: URL
  target: EgressTarget
  method: string
  headers: Record<string, string | SecretHeader>
  body: Uint8Array | null
}

const redirectStatuses = new Set([301, 302, 303, 307, 308])
/** What says nothing of the person may go to another origin. */
const harmless = new Set(['accept', 'accept-language', 'user-agent', 'range', 'if-range', 'if-none-match', 'if-modified-since'])
/** Set by the connection itself, or never sent. */
const ours = new Set(['host', 'connection', 'keep-alive', 'proxy-connection', 'proxy-authorization', 'transfer-encoding', 'content-length', 'upgrade', 'te', 'trailer', 'expect', 'cookie', 'cookie2', 'accept-encoding'])
const hidden = new Set(['set-cookie', 'set-cookie2'])

export function sendableHeaders(headers: Readonly<Record<string, string | SecretHeader>>): Record<string, string | SecretHeader> {
  const kept = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const).filter(([name]) => !ours.has(name))
  // Parts of what was packed on its way could not be put together.
  const isPart = kept.some(([name]) => name === 'range')
  return { 'user-agent': 'Cortex', accept: '*/*', ...Object.fromEntries(kept), 'accept-encoding': isPart ? 'identity' : 'gzip, br' }
}

export function shownHeaders(response: IncomingMessage): Record<string, string> {
  const shown = Object.entries(response.headers).filter((entry): entry is [string, string] => typeof entry[1] === 'string' && !hidden.has(entry[0]))
  return Object.fromEntries(shown)
}

/** Where an answer sends the request on to, to be asked for anew; null where it is the answer. Throws EGRESS_FAILED for what is not followed. */
export function nextHop(from: HopRequest, response: IncomingMessage): HopRequest | null {
  const { location } = response.headers
  const status = response.statusCode ?? 0
  if (!redirectStatuses.has(status) || location === undefined) return null
  const failed = (reason: string): AppError => new AppError('EGRESS_FAILED', { host: from.target.host, reason })
  const { url, target } = readTarget(location, from.url.href)
  if (from.target.scheme === 'https' && target.scheme === 'http') throw failed('it redirects to an address without TLS')
  const isSameOrigin = url.origin === from.url.origin
  const isGet = status === 303 || ((status === 301 || status === 302) && from.method === 'POST')
  const method = isGet && from.method !== 'HEAD' ? 'GET' : from.method
  const body = isGet ? null : from.body
  if (body && !isSameOrigin) throw failed('it redirects what was sent to another site')
  const headers = Object.fromEntries(Object.entries(from.headers).filter(([name]) => (isSameOrigin ? body !== null || !name.startsWith('content-') : harmless.has(name) || name === 'accept-encoding')))
  return { url, target, method, headers, body }
}
