import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

const pageBytes = 1 << 20

/** Content of any size out of one page: every page begins with its number and the seed. */
export class PatternContent {
  readonly sizeBytes: number
  readonly #page: Buffer
  readonly #seed: number

  constructor(sizeBytes: number, seed = 1) {
    this.sizeBytes = sizeBytes
    this.#seed = seed
    this.#page = Buffer.alloc(pageBytes)
    let state = seed >>> 0 || 1
    for (let at = 0; at < pageBytes; at += 4) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      this.#page.writeUInt32LE(state, at)
    }
  }

  /** At most to the end of a page. */
  slice(start: number, end: number): Buffer {
    const number = Math.floor(start / pageBytes)
    const page = Buffer.from(this.#page)
    page.writeUInt32LE(number, 0)
    page.writeUInt32LE(this.#seed, 4)
    return page.subarray(start % pageBytes, Math.min(pageBytes, (start % pageBytes) + end - start))
  }

  get sha256(): string {
    const hash = createHash('sha256')
    for (let at = 0; at < this.sizeBytes; at += pageBytes) hash.update(this.slice(at, Math.min(at + pageBytes, this.sizeBytes)))
    return hash.digest('hex')
  }
}

export interface PeerFile {
  content: { sizeBytes: number; slice(start: number, end: number): Buffer }
  etag: string | null
}

/** What the peer does with one request for a file; undefined: it answers well. */
export type Fault =
  | { kind: 'status'; status: number; headers?: Record<string, string> }
  /** The connection is cut after so many bytes of the body. */
  | { kind: 'cut'; afterBytes: number }
  /** Nothing more comes after so many bytes, and the connection stays. */
  | { kind: 'hang'; afterBytes: number }
  /** One byte is wrong. */
  | { kind: 'corrupt'; at: number }
  /** Ranges are not known here. */
  | { kind: 'whole' }
  /** As that, and without a word of how long it is. */
  | { kind: 'endless' }
  | { kind: 'wrong-range' }
  | { kind: 'packed' }

export interface RangePeer {
  url: (path: string) => string
  port: number
  files: Map<string, PeerFile>
  /** Other answers by path, such as lists in JSON. */
  answers: Map<string, { status: number; body: string }>
  /** Where requests for a path are sent on to. */
  redirects: Map<string, string>
  /** Asked for each request of a file, with its number from 0; `end`: where what it asks for ends. */
  fault: (request: { path: string; number: number; start: number; end: number }) => Fault | undefined
  /** Milliseconds of rest after each piece of 64 kB. */
  restMilliseconds: number
  requests: { method: string; path: string; headers: IncomingMessage['headers'] }[]
  /** Stretches of files that were handed to the network, in order. */
  sent: { path: string; start: number; end: number }[]
  close: () => Promise<void>
}

const pieceBytes = 64 * 1024

/** A server of files as registries of models are: ranges, ETags, and whatever can go wrong with them. */
export async function startRangePeer(): Promise<RangePeer> {
  const server: Server = createServer((request, response) => {
    void answer(peer, request, response).catch(() => response.destroy())
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const peer: RangePeer = {
    url: path => `http://127.0.0.1:${port}${path}`,
    port,
    files: new Map(),
    answers: new Map(),
    redirects: new Map(),
    fault: () => undefined,
    restMilliseconds: 0,
    requests: [],
    sent: [],
    close: async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
  return peer
}

let numbers = 0

async function answer(peer: RangePeer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = decodeURIComponent((request.url ?? '').split('?')[0] ?? '')
  peer.requests.push({ method: request.method ?? '', path, headers: request.headers })
  const other = peer.answers.get(path)
  if (other) return void response.writeHead(other.status, { 'content-type': 'application/json' }).end(other.body)
  const onward = peer.redirects.get(path)
  if (onward !== undefined) return void response.writeHead(302, { location: onward }).end()
  const file = peer.files.get(path)
  if (!file) return void response.writeHead(404).end()
  const { sizeBytes } = file.content
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? []
  const isSame = request.headers['if-range'] === undefined || request.headers['if-range'] === file.etag
  const start = Number(first ?? 0)
  const fault = peer.fault({ path, number: numbers++, start, end: last ? Math.min(Number(last) + 1, sizeBytes) : sizeBytes })
  if (fault?.kind === 'status') return void response.writeHead(fault.status, fault.headers).end()
  const isPart = first !== undefined && isSame && fault?.kind !== 'whole' && fault?.kind !== 'endless'
  const from = isPart ? start : 0
  const end = isPart && last !== '' ? Math.min(Number(last) + 1, sizeBytes) : sizeBytes
  if (isPart && start >= sizeBytes) return void response.writeHead(416, { 'content-range': `bytes */${sizeBytes}` }).end()
  response.writeHead(isPart ? 206 : 200, {
    ...(fault?.kind === 'endless' ? {} : { 'content-length': end - from }),
    ...(file.etag === null ? {} : { etag: file.etag }),
    ...(isPart ? { 'content-range': fault?.kind === 'wrong-range' ? `bytes ${from + 1}-${end}/${sizeBytes + 1}` : `bytes ${from}-${end - 1}/${sizeBytes}` } : {}),
    ...(fault?.kind === 'packed' ? { 'content-encoding': 'gzip' } : {}),
  })
  await send(peer, path, file, { from, end, fault }, response)
}

async function send(peer: RangePeer, path: string, { content }: PeerFile, { from, end, fault }: { from: number; end: number; fault: Fault | undefined }, response: ServerResponse): Promise<void> {
  const limit = fault?.kind === 'cut' || fault?.kind === 'hang' ? from + fault.afterBytes : end
  response.setMaxListeners(0)
  let at = from
  const note = { path, start: from, end: from }
  peer.sent.push(note)
  while (at < Math.min(end, limit)) {
    if (response.destroyed) return
    const piece = content.slice(at, Math.min(at + pieceBytes, end, limit))
    const bytes = fault?.kind === 'corrupt' && fault.at >= at && fault.at < at + piece.length ? corrupted(piece, fault.at - at) : piece
    at += piece.length
    note.end = at
    // What a connection that is cut has sent must leave: it would be thrown away with the rest.
    const left = at >= limit && fault?.kind === 'cut' ? new Promise(resolve => response.write(bytes, resolve)) : null
    if (left) await left
    else if (!response.write(bytes)) await Promise.race([new Promise(resolve => response.once('drain', resolve)), new Promise(resolve => response.once('close', resolve))])
    if (peer.restMilliseconds > 0) await sleep(peer.restMilliseconds)
  }
  if (at >= end) response.end()
  else if (fault?.kind === 'cut') response.destroy()
}

function corrupted(piece: Buffer, at: number): Buffer {
  const copy = Buffer.from(piece)
  copy[at] = (copy[at] ?? 0) ^ 0xff
  return copy
}
