import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Log } from '../../platform/log/log.ts'
import { describeFault } from '../../platform/log/log-faults.ts'
import { bearerToken } from '../request-checks.ts'
import { Answer } from './answer.ts'
import { ApiError, apiErrorOf } from './api-error.ts'
import { readBody } from './read-body.ts'
import { findRoute, type Found } from './routes.ts'
import type { ModelServer } from './served.ts'

export interface ModelApiOptions {
  server: ModelServer
  log: Log
  clock: Clock
  /** A reader of a stream that takes nothing for this long is given up. */
  stallMilliseconds?: number
}

export interface ModelApi {
  /** Answers a request of another program; false for a path that is not of these interfaces. `isAllowed` is what the checks of Host, Origin and site said. */
  answer(path: string, check: Check, request: IncomingMessage, response: ServerResponse): Promise<boolean>
}

export type Check = 'ours' | 'foreign-host' | 'foreign-origin'

const standardStallMilliseconds = 30_000
const offWords = 'The model server of Cortex is off. Turn it on with: cortex server on'
const noTokenWords = 'No token was sent. Put the token of a client into a header: Authorization: Bearer TOKEN, or x-api-key: TOKEN. Make one with: cortex server clients add NAME'
const unknownTokenWords = 'This token is not known, or it was revoked or has ended. See the clients with: cortex server clients list, and make a token with: cortex server clients add NAME'

/** The models of Cortex by the interfaces of OpenAI, Anthropic and Ollama, for programs that bring a client's token. */
export function createModelApi({ server, log, clock, stallMilliseconds = standardStallMilliseconds }: ModelApiOptions): ModelApi {
  const handle = async (found: Found, check: Check, request: IncomingMessage, answer: Answer, signal: AbortSignal): Promise<void> => {
    // Before anything is read of it: a stranger learns nothing but that.
    if (check === 'foreign-host') throw new ApiError('foreign', 'This host answers only at its own address.')
    if (check === 'foreign-origin') throw new ApiError('forbidden', 'Another site may not call this host.')
    if (!server.isOn) throw new ApiError('missing', offWords)
    if (server.isLocked) throw new ApiError('busy', 'Cortex is locked, so that no client can be told from another. Unlock it first: cortex vault unlock')
    const token = tokenOf(request)
    const caller = server.identify(token, found.methods ? found.endpoint : 'unknown')
    if (!caller) throw new ApiError('unauthorized', token === undefined && !isMistyped(request) ? noTokenWords : unknownTokenWords)
    if (!found.methods) throw new ApiError('missing', `Nothing is at this path. See the documents of Cortex for those that there are.`)
    const handler = found.methods[request.method ?? '']
    if (!handler) throw new ApiError('method', `This path takes ${Object.keys(found.methods).join(' or ')} alone.`)
    const query = new URLSearchParams(request.url?.split('?', 2)[1] ?? '')
    const body = request.method === 'POST' ? await readBody(request) : {}
    await handler({ server, caller, endpoint: found.endpoint, named: found.named, headers: request.headers, query, body, answer, signal, now: () => clock.now() })
  }

  return {
    async answer(path, check, request, response) {
      const found = findRoute(path, request.headers['anthropic-version'] !== undefined)
      if (!found) return false
      const left = new AbortController()
      response.on('close', () => {
        if (!response.writableFinished) left.abort(new DOMException('The caller has left', 'AbortError'))
      })
      const answer = new Answer(response, `req_${randomUUID().replaceAll('-', '')}`, stallMilliseconds)
      const started = performance.now()
      let outcome = 'ok'
      try {
        await handle(found, check, request, answer, left.signal)
      } catch (error) {
        outcome = left.signal.aborted ? 'caller-left' : await tellError(error, found, answer, log)
      }
      log.debug('Model call', { endpoint: found.methods ? found.endpoint : 'unknown', outcome, milliseconds: Math.round(performance.now() - started) })
      return true
    },
  }
}

async function tellError(error: unknown, { provider, endpoint }: Found, answer: Answer, log: Log): Promise<string> {
  let known = apiErrorOf(error)
  if (!known) {
    // Its message may quote what was asked.
    log.error('A model call failed in a way that no service foresaw', { endpoint, requestId: answer.requestId, ...describeFault(error) })
    known = new ApiError('failed', `Cortex failed in a way it did not foresee. The log has more under ${answer.requestId}.`)
  }
  if (answer.isOver) return known.kind
  if (answer.hasBegun) {
    const { kind, text } = provider.piece(known, answer.requestId)
    await answer.send(kind, text).catch(() => undefined)
    answer.end()
  } else answer.json(provider.body(known, answer.requestId), provider.status(known), known.retrySeconds === null ? {} : { 'retry-after': String(known.retrySeconds) })
  return known.kind
}

/** OpenAI's and Ollama's clients send a bearer, Anthropic's a header of their own. Never in the URL, where it would stand in logs and histories. */
function tokenOf(request: IncomingMessage): string | undefined {
  const key = request.headers['x-api-key']
  return bearerToken(request) ?? (typeof key === 'string' && key !== '' ? key : undefined)
}

/** A bearer that cannot be a token of ours is one all the same to whoever sent it. */
function isMistyped(request: IncomingMessage): boolean {
  return /^Bearer\s+\S/i.test(request.headers.authorization ?? '')
}
