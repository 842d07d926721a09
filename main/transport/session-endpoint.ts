import type { IncomingMessage, ServerResponse } from 'node:http'
import { z } from 'zod'
import { isOwnAccount } from './peer-account.ts'
import { bearerToken } from './request-checks.ts'
import { sendJson } from './send-json.ts'
import type { Sessions } from './sessions.ts'

const largestBodyBytes = 1024
const Body = z.object({ code: z.string().min(1).max(200) })

/**
 * `POST /session {"code"}` trades the single-use code of the printed address for `{"token"}`, the tab's own; 401 when the code is used, old or wrong,
 * 429 after 10 wrong ones in a minute, 403 to another account of this machine, whatever its code. `GET /session` with the bearer says whether a token still holds: 204 or 401.
 */
export async function answerSession(request: IncomingMessage, response: ServerResponse, sessions: Sessions): Promise<void> {
  if (request.method === 'GET') {
    if (sessions.accepts(bearerToken(request))) response.writeHead(204, { 'cache-control': 'no-store' }).end()
    else sendJson(response, 401, { reason: 'token-unknown' })
    return
  }
  if (request.method !== 'POST') {
    sendJson(response, 405, { reason: 'method' })
    return
  }
  // A form on another site could send text/plain without asking first.
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) {
    sendJson(response, 415, { reason: 'content-type' })
    return
  }
  const body = Body.safeParse(await readJson(request))
  if (!body.success) {
    sendJson(response, 400, { reason: 'body' })
    return
  }
  if (!(await isOwnAccount(request.socket))) {
    sendJson(response, 403, { reason: 'account' })
    return
  }
  const exchange = sessions.exchange(body.data.code)
  if (exchange.outcome === 'granted') sendJson(response, 200, { token: exchange.token })
  else sendJson(response, exchange.outcome === 'refused' ? 401 : 429, { reason: exchange.outcome === 'refused' ? 'code-unknown' : 'too-many-tries' })
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    // Without an encoding set, a request yields Buffers.
    const piece = chunk as Buffer
    bytes += piece.length
    if (bytes > largestBodyBytes) return null
    chunks.push(piece)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch {
    return null
  }
}
