import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { ApiError } from './api-error.ts'

const headers = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
}
const streamTypes = { events: 'text/event-stream; charset=utf-8', lines: 'application/x-ndjson' } as const

/** One answer: a JSON document, or a stream whose reader sets the pace. */
export class Answer {
  readonly #response: ServerResponse
  readonly #stallMilliseconds: number
  readonly #requestId: string

  constructor(response: ServerResponse, requestId: string, stallMilliseconds: number) {
    this.#response = response
    this.#requestId = requestId
    this.#stallMilliseconds = stallMilliseconds
  }

  get requestId(): string {
    return this.#requestId
  }

  get hasBegun(): boolean {
    return this.#response.headersSent
  }

  /** Nothing more can be told: the answer is whole, or its reader is gone. */
  get isOver(): boolean {
    return this.#response.writableEnded || this.#response.destroyed
  }

  json(body: unknown, status = 200, more: Record<string, string> = {}): void {
    this.#response.writeHead(status, { ...headers, ...this.#ids(), ...more, 'content-type': 'application/json' })
    this.#response.end(JSON.stringify(body))
  }

  /** A piece of a stream, which begins with its first. Waits while the reader takes nothing; one that takes nothing for long is given up. */
  async send(kind: keyof typeof streamTypes, text: string): Promise<void> {
    if (!this.#response.headersSent) this.#response.writeHead(200, { ...headers, ...this.#ids(), 'content-type': streamTypes[kind] })
    if (this.#response.destroyed) throw new DOMException('The caller has left', 'AbortError')
    if (this.#response.write(text)) return
    const settled = new AbortController()
    const stalled = sleep(this.#stallMilliseconds, 'stalled', { signal: settled.signal, ref: false })
    const taken = ['drain', 'close'].map(name => once(this.#response, name, { signal: settled.signal }))
    try {
      if ((await Promise.race([stalled, ...taken])) !== 'stalled') return
    } finally {
      for (const waiting of [stalled, ...taken]) waiting.catch(() => undefined)
      settled.abort()
    }
    this.#response.destroy()
    throw new ApiError('failed', 'The reader of the stream took nothing for too long.')
  }

  end(): void {
    this.#response.end()
  }

  #ids(): Record<string, string> {
    return { 'x-request-id': this.#requestId, 'request-id': this.#requestId }
  }
}

/** A server-sent event; its data is one line, as JSON is. */
export function event(data: unknown, name?: string): string {
  const line = `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`
  return name === undefined ? line : `event: ${name}\n${line}`
}
