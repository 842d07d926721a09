import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { AnyRouter } from '@orpc/server'
import { AppError } from '#shared/errors.ts'
import type { Clock } from '../platform/clock/clock.ts'
import type { Log } from '../platform/log/log.ts'
import { describeFault } from '../platform/log/log-faults.ts'
import { pageHeaders } from './content-security-policy.ts'
import { createModelApi } from './model-api/model-api.ts'
import type { ModelServer } from './model-api/served.ts'
import { bearerToken, isHostOurs, isOriginOurs, isSiteOurs, mayLoadPage, protocolToken } from './request-checks.ts'
import { createRest, restPrefix } from './rest.ts'
import { createRpcServer } from './rpc-server.ts'
import { sendJson } from './send-json.ts'
import { answerSession } from './session-endpoint.ts'
import { Sessions } from './sessions.ts'
import { staticFiles } from './static-files.ts'
import { rpcSockets } from './websocket.ts'

export interface HttpHostOptions {
  router: AnyRouter
  log: Log
  clock: Clock
  /** Version of Cortex, for the API's document. */
  version: string
  /** 0 takes any free port. */
  port: number
  /** Folder of the built page. */
  rendererFolder: string
  /** What answers other programs of this machine; without it they find nothing. */
  modelServer?: ModelServer
}

export interface HttpHost {
  port: number
  /** Bearer for API clients. */
  token: string
  /** Address of the page with a fresh single-use code, for one browser tab. */
  mintUrl(workspaceId: string | null): string
  close(): Promise<void>
}

/** Serves the page, the WebSocket and the REST interface on 127.0.0.1; nothing else can reach it. */
export async function startHttpHost({ router, log, clock, version, port: wantedPort, rendererFolder, modelServer }: HttpHostOptions): Promise<HttpHost> {
  const sessions = new Sessions(clock)
  const sockets = rpcSockets(createRpcServer(router, log, 'websocket'))
  const rest = createRest(router, log, version)
  const modelApi = modelServer ? createModelApi({ server: modelServer, log, clock }) : null
  const server = createServer()
  // Who connects between listening and being ready waits here: a request that nobody listens for would hang for good.
  const ready = Promise.withResolvers<{ place: { port: number }; files: Awaited<ReturnType<typeof staticFiles>> }>()

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { place, files } = await ready.promise
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/'
    const check = !isHostOurs(request, place) ? 'foreign-host' : isOriginOurs(request) && isSiteOurs(request) ? 'ours' : 'foreign-origin'
    if (await modelApi?.answer(path, check, request, response)) return
    if (!isHostOurs(request, place)) refuse(response, 421, 'This host answers only at its own address.')
    else if (!isOriginOurs(request)) refuse(response, 403, 'Another origin may not call this host.')
    else if (path === '/session') {
      if (isSiteOurs(request)) await answerSession(request, response, sessions)
      else refuse(response, 403, 'Another site may not call this host.')
    } else if (path.startsWith(`${restPrefix}/`)) {
      if (!isSiteOurs(request)) refuse(response, 403, 'Another site may not call this host.')
      else if (!sessions.accepts(bearerToken(request))) refuse(response, 401, 'A bearer token is needed; a start with --json prints it.')
      else await rest.answer(path, request, response)
    } else if (request.method !== 'GET' && request.method !== 'HEAD') refuse(response, 405, 'The page is only read.')
    else if (!mayLoadPage(request)) refuse(response, 403, 'Another site may not load this page.')
    else if (!(await files.serve(path, request, response))) refuse(response, 404, 'Nothing is here.')
  }

  server.on('request', (request, response) => {
    answer(request, response).catch((error: unknown) => {
      log.error('A request could not be answered', describeFault(error))
      if (response.headersSent) response.destroy()
      else refuse(response, 500, 'The host failed; its log says more.')
    })
  })
  server.on('upgrade', (request, socket, head) => {
    // From here on Node listens no more, and a reset of the connection that nobody listens for would end the host.
    socket.on('error', () => undefined)
    void ready.promise.then(({ place }) => {
      const path = (request.url ?? '/').split('?', 1)[0]
      const isAllowed = isHostOurs(request, place) && isOriginOurs(request) && isSiteOurs(request)
      if (path !== '/rpc') endUpgrade(socket, '404 Not Found')
      else if (!isAllowed) endUpgrade(socket, '403 Forbidden')
      else if (!sessions.accepts(protocolToken(request))) endUpgrade(socket, '401 Unauthorized')
      else sockets.upgrade(request, socket, head)
    })
  })
  const port = await listen(server, wantedPort)
  const origin = `http://127.0.0.1:${port}`
  const headers = pageHeaders([`ws://127.0.0.1:${port}`, `ws://localhost:${port}`])
  ready.resolve({ place: { port }, files: await staticFiles(rendererFolder, headers) })
  modelServer?.listensOn(port)

  return {
    port,
    token: sessions.apiToken,
    mintUrl: workspaceId => `${origin}/#${new URLSearchParams({ code: sessions.mintCode(), ...(workspaceId === null ? {} : { workspace: workspaceId }) }).toString()}`,
    async close() {
      modelServer?.listensOn(null)
      await sockets.close()
      server.closeAllConnections()
      await new Promise<void>(resolve => {
        server.close(() => {
          resolve()
        })
      })
    },
  }
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', error => {
      reject((error as NodeJS.ErrnoException).code === 'EADDRINUSE' ? new AppError('PORT_IN_USE', { port }) : error)
    })
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      resolve()
    })
  })
  const address = server.address()
  // Listening on TCP always gives an object.
  return typeof address === 'object' && address !== null ? address.port : port
}

function refuse(response: ServerResponse, status: number, reason: string): void {
  sendJson(response, status, { reason })
}

function endUpgrade(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
