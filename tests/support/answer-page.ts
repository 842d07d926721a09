import { createServer, type Server } from 'node:http'
import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pageHeaders } from '../../main/transport/content-security-policy.ts'
import { buildPage, readPageFile } from './build-page.ts'

export interface AnswerPage {
  /** The page under the policy that the app serves. */
  url: string
  /** The same page with no policy at all: what it does not do here, no policy has to prevent. */
  bareUrl: string
  dispose: () => Promise<void>
}

/** Builds the view of an answer as a page of its own and serves it on loopback. */
export async function serveAnswerPage(): Promise<AnswerPage> {
  const folder = mkdtempSync(join(tmpdir(), 'cortex-answers-'))
  await buildPage(join(import.meta.dirname, 'answer-page'), folder)
  const serve = async (headers: Record<string, string>): Promise<Server> => {
    const server = createServer((request, response) => {
      const file = readPageFile(folder, new URL(request.url ?? '/', 'http://127.0.0.1').pathname)
      if (file) response.writeHead(200, { 'content-type': file.type, ...headers }).end(file.body)
      else response.writeHead(404, headers).end()
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    return server
  }
  const servers = [await serve(pageHeaders()), await serve({})]
  const [url = '', bareUrl = ''] = servers.map(server => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  return {
    url,
    bareUrl,
    dispose: async () => {
      await Promise.all(servers.map(server => new Promise(resolve => (server.closeAllConnections(), server.close(resolve)))))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
