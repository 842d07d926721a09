import type { IncomingHttpHeaders } from 'node:http'
import type { Caller } from '#shared/served-model.ts'
import type { ApiError } from './api-error.ts'
import type { Answer } from './answer.ts'
import type { ModelServer } from './served.ts'

/** One request of a known caller, and the answer to it. */
export interface Exchange {
  server: ModelServer
  caller: Caller
  /** The path without what names a model in it. */
  endpoint: string
  /** What the path names. */
  named: string
  headers: IncomingHttpHeaders
  query: URLSearchParams
  body: unknown
  answer: Answer
  /** Aborted when the caller left. */
  signal: AbortSignal
  now: () => Date
}

/** How one interface tells an error. */
export interface Provider {
  status(error: ApiError): number
  body(error: ApiError, requestId: string): unknown
  /** In the middle of a stream, whose status is long told. */
  piece(error: ApiError, requestId: string): { kind: 'events' | 'lines'; text: string }
}

export interface Route {
  provider: Provider
  handle: (exchange: Exchange) => Promise<void>
}
