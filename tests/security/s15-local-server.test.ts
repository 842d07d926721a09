import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { networkInterfaces } from 'node:os'
import { connect } from 'node:net'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { contract } from '../../main/shared/contract/index.ts'
import { rpcProtocols } from '../../main/transport/request-checks.ts'
import { rawHttp, rawUpgrade } from '../support/raw-http.ts'
import { startTestApp, type TestApp } from '../support/test-host.ts'

let running: TestApp
let port = 0
let token = ''

beforeAll(async () => {
  running = await startTestApp()
  ;({ port, token } = running.http)
})
afterAll(async () => await running.dispose())

const bearer = (): Record<string, string> => ({ authorization: `Bearer ${token}` })
const protocols = (value: string): Record<string, string> => ({ 'sec-websocket-protocol': rpcProtocols(value).join(', ') })
const page = (): Record<string, string> => ({ origin: `http://127.0.0.1:${port}`, 'sec-fetch-site': 'same-origin' })

const foreignHosts = ['evil.example', 'evil.example:80', '127.0.0.1', 'localhost', '127.0.0.1.evil.example', '0.0.0.0', '[::1]']

describe('S15 the server on this machine', () => {
  test('answers its own page and its own clients', async () => {
    expect((await rawHttp(port, { path: '/' })).status).toBe(200)
    expect((await rawHttp(port, { path: '/api/v1/app/info', headers: bearer() })).status).toBe(200)
    expect((await rawHttp(port, { path: '/api/v1/app/info', headers: { ...bearer(), ...page() } })).status).toBe(200)
    expect((await rawHttp(port, { path: '/', headers: { host: `localhost:${port}` } })).status).toBe(200)
    expect((await rawUpgrade(port, protocols(token))).status).toBe(101)
    expect((await rawUpgrade(port, { ...protocols(token), ...page() })).status).toBe(101)
  })

  test('listens on 127.0.0.1 alone', async () => {
    const others = Object.values(networkInterfaces()).flat().filter(one => one && one.family === 'IPv4' && one.address !== '127.0.0.1').map(one => one!.address)
    for (const address of [...others, '127.0.0.2', '::1']) expect(await canConnect(address), address).toBe(false)
    expect(await canConnect('127.0.0.1')).toBe(true)
  })

  // A page whose name was rebound to 127.0.0.1 sends a plain GET without Origin: only Host gives it away.
  test.each(foreignHosts)('refuses the host %s on every path and on the upgrade', async host => {
    for (const path of ['/', '/index.html', '/session', '/api/v1/app/info', '/api/v1/openapi.json', '/nothing']) {
      expect((await rawHttp(port, { path, headers: { host, ...bearer() } })).status, path).toBe(421)
    }
    expect((await rawHttp(port, { method: 'POST', path: '/session', headers: { host, 'content-type': 'application/json' }, body: '{"code":"x"}' })).status).toBe(421)
    expect((await rawUpgrade(port, { host, ...protocols(token) })).status).toBe(403)
  })

  test.each(['http://evil.example', 'https://127.0.0.1', 'null', 'http://127.0.0.1:1', 'http://localhost', 'file://'])('refuses the origin %s', async origin => {
    expect((await rawHttp(port, { path: '/api/v1/app/info', headers: { origin, ...bearer() } })).status).toBe(403)
    expect((await rawHttp(port, { method: 'POST', path: '/session', headers: { origin, 'content-type': 'application/json' }, body: '{}' })).status).toBe(403)
    expect((await rawUpgrade(port, { origin, ...protocols(token) })).status).toBe(403)
  })

  test.each(['cross-site', 'same-site', 'none'])('refuses calls that a browser marks %s', async site => {
    expect((await rawHttp(port, { path: '/api/v1/app/info', headers: { 'sec-fetch-site': site, ...bearer() } })).status).toBe(403)
    expect((await rawHttp(port, { path: '/session', headers: { 'sec-fetch-site': site, ...bearer() } })).status).toBe(403)
    expect((await rawUpgrade(port, { 'sec-fetch-site': site, ...protocols(token) })).status).toBe(403)
  })

  test('lets a link lead to the page, and no other site load its parts', async () => {
    const headers = { 'sec-fetch-site': 'cross-site' }
    expect((await rawHttp(port, { path: '/', headers: { ...headers, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' } })).status).toBe(200)
    expect((await rawHttp(port, { path: '/', headers: { ...headers, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' } })).status).toBe(403)
    expect((await rawHttp(port, { path: '/assets/page-1a2b.js', headers: { ...headers, 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'script' } })).status).toBe(403)
  })

  test.each([undefined, 'Bearer', 'Bearer wrong', 'Basic wrong'])('refuses the authorization %s', async authorization => {
    const headers: Record<string, string> = authorization ? { authorization } : {}
    for (const path of ['/api/v1/app/info', '/api/v1/openapi.json', '/api/v1/nothing', '/session']) expect((await rawHttp(port, { path, headers })).status, path).toBe(401)
  })

  test('refuses a token in the query, in the path, in a cookie or without the protocol beside it', async () => {
    for (const path of [`/api/v1/app/info?token=${token}`, `/api/v1/app/info?access_token=${token}`, `/api/v1/${token}/app/info`]) expect((await rawHttp(port, { path })).status, path).toBe(401)
    expect((await rawHttp(port, { path: '/api/v1/app/info', headers: { cookie: `token=${token}` } })).status).toBe(401)
    expect((await rawUpgrade(port, {}, `/rpc?token=${token}`)).status).toBe(401)
    expect((await rawUpgrade(port, bearer())).status).toBe(401)
    expect((await rawUpgrade(port, { 'sec-websocket-protocol': `cortex.token.${token}` })).status).toBe(401)
    expect((await rawUpgrade(port, protocols('wrong'))).status).toBe(401)
    expect((await rawUpgrade(port, protocols(token), '/elsewhere')).status).toBe(404)
  })

  test('gives no other origin a right to read', async () => {
    for (const method of ['GET', 'OPTIONS', 'POST']) {
      const { headers } = await rawHttp(port, { method, path: '/api/v1/app/info', headers: { ...bearer(), 'access-control-request-method': 'POST' } })
      expect(Object.keys(headers).filter(name => name.startsWith('access-control'))).toEqual([])
    }
  })

  test('changes nothing on a GET: only reading procedures have one', () => {
    const reading = /^(list|stat|read|find|get|info|recent|browse|watch|watchList|attach|readFile|history|listFalseAlarms|review|summary|report|drafts|status|listClients|catalogue|options|presets|benchmarks)$/
    for (const [feature, procedures] of Object.entries(contract)) {
      for (const [name, procedure] of Object.entries(procedures)) {
        const method = procedure['~orpc'].route.method
        expect(['GET', 'POST'], `${feature}.${name}`).toContain(method)
        if (method === 'GET') expect(name, `${feature}.${name}`).toMatch(reading)
      }
    }
  })

  test.skipIf(process.platform !== 'linux' || process.getuid?.() !== 0)('takes a code from its own account alone, and does not spend it on another (needs root, to be another)', async () => {
    const code = new URLSearchParams(running.http.mintUrl(null).split('#')[1]).get('code')!
    const ask = `fetch('http://127.0.0.1:${port}/session', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"code":"${code}"}' }).then(answer => process.stdout.write(String(answer.status)))`
    // It becomes another account only once it runs: the checkout may lie where others cannot start programs from.
    expect(await output(process.execPath, ['-e', `process.setgid(65534); process.setuid(65534); ${ask}`])).toBe('403')
    expect(await output(process.execPath, ['-e', ask])).toBe('200')
  })

  test('trades a code once, in JSON only, and stops guessing', async () => {
    const exchange = async (code: string, type = 'application/json') => await rawHttp(port, { method: 'POST', path: '/session', headers: { 'content-type': type, ...page() }, body: JSON.stringify({ code }) })
    const code = new URLSearchParams(running.http.mintUrl('w').split('#')[1]).get('code')!
    expect((await exchange(code, 'text/plain')).status).toBe(415)
    const granted = await exchange(code)
    expect(granted.status).toBe(200)
    const tab = JSON.parse(granted.body).token
    expect(tab).not.toBe(token)
    expect((await rawHttp(port, { path: '/session', headers: { authorization: `Bearer ${tab}` } })).status).toBe(204)
    expect((await rawUpgrade(port, { ...protocols(tab), ...page() })).status).toBe(101)
    expect((await exchange(code)).status).toBe(401)
    for (let tries = 0; tries < 9; tries += 1) expect((await exchange(`guess-${tries}`)).status).toBe(401)
    expect((await exchange('one-more')).status).toBe(429)
    const fresh = new URLSearchParams(running.http.mintUrl(null).split('#')[1])
    expect((await exchange(fresh.get('code')!)).status).toBe(429)
    expect(fresh.has('workspace')).toBe(false)
  })

  test('outlives connections that are reset while they are refused an upgrade', async () => {
    for (let round = 0; round < 50; round += 1) {
      const socket = connect({ host: '127.0.0.1', port })
      await once(socket, 'connect')
      socket.write('GET /rpc HTTP/1.1\r\nHost: evil.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
      if (round % 2 === 0) await once(socket, 'data')
      socket.resetAndDestroy()
    }
    expect((await rawHttp(port, { path: '/' })).status).toBe(200)
  })

  test('refuses bodies without end and methods that it does not know', async () => {
    const headers = { 'content-type': 'application/json' }
    expect((await rawHttp(port, { method: 'POST', path: '/session', headers, body: `{"code":"${'x'.repeat(5000)}"}` })).status).toBe(400)
    expect((await rawHttp(port, { method: 'POST', path: '/session', headers, body: '{' })).status).toBe(400)
    expect((await rawHttp(port, { method: 'PUT', path: '/session', headers })).status).toBe(405)
    expect((await rawHttp(port, { method: 'DELETE', path: '/' })).status).toBe(405)
  })

  test('sends the page under a strict policy, and neither token nor code reaches the log', async () => {
    const { headers } = await rawHttp(port, { path: '/' })
    expect(headers['content-security-policy']).toContain(`connect-src 'self' ws://127.0.0.1:${port} ws://localhost:${port};`)
    expect(headers['content-security-policy']).toMatch(/default-src 'none'; script-src 'self';/)
    expect(headers['content-security-policy']).not.toMatch(/unsafe-eval|script-src[^;]*unsafe-inline|\*/)
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp', 'cross-origin-resource-policy': 'same-origin' })
    const code = new URLSearchParams(running.http.mintUrl('w').split('#')[1]).get('code')!
    await rawHttp(port, { method: 'POST', path: '/session', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ code }) })
    await rawHttp(port, { path: '/api/v1/app/info', headers: bearer() })
    const log = readFileSync(running.host.logBook.file, 'utf8')
    expect(log).toContain('app.info')
    for (const secret of [token, code]) expect(log).not.toContain(secret)
  })
})

async function output(program: string, options: readonly string[]): Promise<string> {
  return await new Promise((resolve, reject) => {
    execFile(program, options, { env: {} }, (error, text) => (error ? reject(error) : resolve(text)))
  })
}

async function canConnect(address: string): Promise<boolean> {
  return await new Promise(resolve => {
    const socket = connect({ host: address, port, timeout: 1000 })
    const end = (isOpen: boolean) => () => {
      socket.destroy()
      resolve(isOpen)
    }
    socket.on('connect', end(true)).on('error', end(false)).on('timeout', end(false))
  })
}
