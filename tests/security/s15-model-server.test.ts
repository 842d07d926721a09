import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { modelApiPaths } from '../../main/transport/model-api/routes.ts'
import { rawHttp, rawUpgrade } from '../support/raw-http.ts'
import { startTestApp, type TestApp } from '../support/test-host.ts'
import { rpcProtocols } from '../../main/transport/request-checks.ts'

let running: TestApp
let port = 0
let token = ''

beforeAll(async () => {
  running = await startTestApp()
  ;({ port } = running.http)
})
afterAll(async () => await running.dispose())

const paths = [...modelApiPaths.map(path => path.replace('{id}', 'cortex-starter-8m')), '/v1', '/v1/nothing']
const methods = ['GET', 'POST', 'OPTIONS', 'DELETE', 'PUT', 'HEAD']
const bearer = (): Record<string, string> => ({ authorization: `Bearer ${token}` })

describe('S15 the model server on this machine', () => {
  test('is off until somebody turns it on, and says nothing but that', async () => {
    expect(running.app.services.modelServer.state).toMatchObject({ isOn: false, port, baseUrls: null })
    for (const path of paths) for (const method of methods) expect((await rawHttp(port, { method, path, headers: { authorization: `Bearer ${running.http.token}` } })).status, `${method} ${path}`).toBe(404)
    await running.app.services.modelServer.turnOn()
    token = running.app.services.modelServer.createClient({ name: 'test', scopes: ['models'], models: 'all', requestsPerMinute: null, tokensPerMinute: null, expiresAt: null }).token
    expect((await rawHttp(port, { path: '/v1/models', headers: bearer() })).status).toBe(200)
    expect((await rawHttp(port, { path: '/v1/models', headers: { 'x-api-key': token } })).status).toBe(200)
    expect((await rawHttp(port, { path: '/api/version', headers: { ...bearer(), host: `localhost:${port}` } })).status).toBe(200)
  })

  test.each(['evil.example', 'evil.example:80', '127.0.0.1', 'localhost', '127.0.0.1.evil.example', '0.0.0.0', '[::1]'])('refuses the host %s on every path by every method', async host => {
    for (const path of paths) for (const method of methods) expect((await rawHttp(port, { method, path, headers: { host, ...bearer() } })).status, `${method} ${path}`).toBe(421)
  })

  test.each(['http://evil.example', 'https://127.0.0.1', 'null', 'http://127.0.0.1:1', 'http://localhost', 'file://', 'app://obsidian.md'])('refuses the origin %s, and gives it no right to read', async origin => {
    for (const path of paths) {
      for (const method of methods) {
        const { status, headers } = await rawHttp(port, { method, path, headers: { origin, 'access-control-request-method': 'POST', ...bearer() } })
        expect(status, `${method} ${path}`).toBe(403)
        expect(Object.keys(headers).filter(name => name.startsWith('access-control'))).toEqual([])
      }
    }
  })

  test.each(['cross-site', 'same-site', 'none'])('refuses calls that a browser marks %s', async site => {
    for (const path of paths) expect((await rawHttp(port, { path, headers: { 'sec-fetch-site': site, ...bearer() } })).status, path).toBe(403)
  })

  test.each([undefined, 'Bearer', 'Bearer wrong', 'Basic wrong'])('refuses the authorization %s, before it reads anything', async authorization => {
    const headers: Record<string, string> = authorization ? { authorization } : {}
    for (const path of paths) for (const method of methods) expect((await rawHttp(port, { method, path, headers, ...(method === 'POST' ? { body: '{' } : {}) })).status, `${method} ${path}`).toBe(401)
    expect((await rawHttp(port, { path: '/v1/models', headers: { 'x-api-key': 'wrong' } })).status).toBe(401)
  })

  test('takes a token from a header alone: not from the query, the path or a cookie', async () => {
    for (const path of [`/v1/models?api_key=${token}`, `/v1/models?token=${token}`, `/v1/models/${token}`, `/api/tags?key=${token}`]) expect((await rawHttp(port, { path })).status, path).toBe(401)
    expect((await rawHttp(port, { path: '/v1/models', headers: { cookie: `token=${token}` } })).status).toBe(401)
  })

  test('keeps the two kinds of token apart: a client may not do what the page may, nor the page call as a client', async () => {
    expect((await rawHttp(port, { path: '/api/v1/app/info', headers: bearer() })).status).toBe(401)
    expect((await rawUpgrade(port, { 'sec-websocket-protocol': rpcProtocols(token).join(', ') })).status).toBe(401)
    for (const path of paths) expect((await rawHttp(port, { path, headers: { authorization: `Bearer ${running.http.token}` } })).status, path).toBe(401)
  })

  test('takes no path from the page or from the interface of Cortex', async () => {
    expect((await rawHttp(port, { path: '/' })).body).toContain('<')
    expect((await rawHttp(port, { path: '/api/v1/app/info', headers: { authorization: `Bearer ${running.http.token}` } })).status).toBe(200)
    expect((await rawHttp(port, { path: '/api/tags/../v1/app/info' })).status).toBe(404)
    expect((await rawHttp(port, { path: '/apix' })).status).toBe(404)
  })

  test('changes nothing on a GET', async () => {
    for (const path of modelApiPaths.filter(one => !['/v1/models', '/v1/models/{id}', '/api/version', '/api/tags', '/api/ps'].includes(one))) expect((await rawHttp(port, { path, headers: bearer() })).status, path).toBe(405)
  })

  test('keeps no token: neither in the log nor in any file of the profile', async () => {
    await rawHttp(port, { path: '/v1/models', headers: bearer() })
    expect(readFileSync(running.host.logBook.file, 'utf8')).not.toContain(token)
    for (const name of readdirSync(running.host.paths.state, { recursive: true, encoding: 'utf8' })) {
      const content = await readFileIfFile(join(running.host.paths.state, name))
      expect(content?.includes(token) ?? false, name).toBe(false)
    }
  })

  test('forgets a client at once, and is off at once', async () => {
    const { modelServer } = running.app.services
    const { client, token: second } = modelServer.createClient({ name: 'second', scopes: ['models'], models: 'all', requestsPerMinute: null, tokensPerMinute: null, expiresAt: null })
    const ask = async (its: string) => (await rawHttp(port, { path: '/v1/models', headers: { authorization: `Bearer ${its}` } })).status
    expect(await ask(second)).toBe(200)
    modelServer.revokeClient(client.id)
    expect(await ask(second)).toBe(401)
    await modelServer.turnOff()
    expect(await ask(token)).toBe(404)
  })
})

async function readFileIfFile(path: string): Promise<Buffer | null> {
  try {
    return readFileSync(path)
  } catch {
    return null
  }
}
