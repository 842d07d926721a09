import { createServer, type Server } from 'node:http'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join, normalize } from 'node:path'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { build } from 'vite'
import { pageHeaders } from '../../main/transport/content-security-policy.ts'

const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.woff2': 'font/woff2' }

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
  const root = join(import.meta.dirname, 'answer-page')
  await build({
    root,
    base: './',
    configFile: false,
    logLevel: 'error',
    resolve: { alias: { '#shared': join(import.meta.dirname, '..', '..', 'main', 'shared') } },
    plugins: [react(), tailwindcss()],
    build: { outDir: folder, emptyOutDir: true, target: 'chrome140', chunkSizeWarningLimit: 6000 },
  })
  const serve = async (headers: Record<string, string>): Promise<Server> => {
    const server = createServer((request, response) => {
      const path = normalize(new URL(request.url ?? '/', 'http://127.0.0.1').pathname)
      try {
        const body = readFileSync(join(folder, path === '/' ? 'index.html' : path))
        response.writeHead(200, { 'content-type': types[extname(path === '/' ? '.html' : path)] ?? (path === '/' ? 'text/html' : 'application/octet-stream'), ...headers }).end(body)
      } catch {
        response.writeHead(404, headers).end()
      }
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
