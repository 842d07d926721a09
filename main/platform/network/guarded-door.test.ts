import type { IncomingMessage } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import { gzipSync } from 'node:zlib'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { AppError } from '#shared/errors.ts'
import { fails, listen, openDoor, request, serve, text, type Answer } from '../../../tests/support/loopback-door.ts'
import type { EgressRequest } from './network-door.ts'

describe('GuardedDoor', () => {
  it('connects only to what was granted, at the address that was checked, and notes what went over', async () => {
    const seen: IncomingMessage['headers'][] = []
    const port = await serve((incoming, response) => {
      seen.push(incoming.headers)
      response.setHeader('set-cookie', 'a=b')
      response.end('hello')
    })
    const { door, rules, ledger, audit, dialled, lookups } = openDoor({ names: { 'good.example': ['8.8.8.8'] }, ports: { '8.8.8.8': port } })
    expect(await fails(door.request(request('http://good.example/')))).toEqual(['EGRESS_REFUSED', { host: 'good.example', port: 80, rule: 'not on the allow-list' }])
    expect([lookups, dialled]).toEqual([[], []])
    rules.grant({ feature: 'models', host: 'good.example', isLocal: false })
    const response = await door.request(request('http://good.example/a?b#c', { headers: { Cookie: 'secret', 'X-Own': 'yes', Host: 'evil.example', 'Accept-Encoding': 'x' } }))
    expect(response).toMatchObject({ status: 200, url: 'http://good.example/a?b' })
    expect(response.headers['set-cookie']).toBeUndefined()
    expect(await text(response)).toBe('hello')
    expect(seen[0]).toMatchObject({ host: 'good.example', 'x-own': 'yes', connection: 'close', 'accept-encoding': 'gzip, br' })
    expect(seen[0]?.cookie).toBeUndefined()
    expect([lookups, dialled]).toEqual([['good.example'], ['8.8.8.8 80']])
    expect(ledger.notes).toMatchObject([
      { kind: 'connection', who: 'models', target: 'good.example', port: 80, decision: 'refused', rule: 'not on the allow-list' },
      { who: 'models', why: 'a download', target: 'good.example', address: '8.8.8.8', port: 80, decision: 'allowed', rule: 'granted to models', counts: { isEnded: true } },
    ])
    expect(ledger.notes[1]?.counts?.bytesIn).toBeGreaterThan(100)
    expect(ledger.notes[1]?.counts?.bytesOut).toBeGreaterThan(80)
    expect(audit.kinds()).toEqual(['egress.mode', 'egress.refuse', 'egress.grant', 'egress.connect'])
  })

  it('looks a name up once, and is not led elsewhere when it changes between check and use', async () => {
    const port = await serve((_request, response) => response.end('public'))
    const inner = await serve((_request, response) => response.end('inner secret'))
    const answers = [['8.8.8.8'], ['127.0.0.1'], ['169.254.169.254']]
    const { door, rules, ledger, dialled, lookups } = openDoor({ names: { get 'rebinding.example'() { return answers.shift() ?? [] } }, ports: { '8.8.8.8': port, '127.0.0.1': inner } })
    rules.grant({ feature: '*', host: 'rebinding.example', isLocal: false })
    expect(await text(await door.request(request('http://rebinding.example/')))).toBe('public')
    expect(lookups).toHaveLength(1)
    expect(await fails(door.request(request('http://rebinding.example/')))).toEqual(['EGRESS_REFUSED', { host: 'rebinding.example', port: 80, rule: 'this machine behind a name' }])
    expect(await fails(door.request(request('http://rebinding.example/')))).toEqual(['EGRESS_REFUSED', { host: 'rebinding.example', port: 80, rule: 'metadata address' }])
    expect(dialled).toEqual(['8.8.8.8 80'])
    expect(ledger.notes.at(-1)).toMatchObject({ address: '169.254.169.254', decision: 'refused' })
  })

  it('refuses a name with one good and one bad address, and takes the next good one that answers', async () => {
    const port = await serve((_request, response) => response.end('second'))
    const { door, rules, dialled } = openDoor({ names: { 'mixed.example': ['8.8.8.8', '10.0.0.1'], 'two.example': ['8.8.4.4', '8.8.8.8'], 'nas.home': ['192.168.1.7'], 'six.example': ['::ffff:10.0.0.1'], 'nothing.example': [], 'odd.example': ['8.8.8.8', 'x'] }, ports: { '8.8.8.8': port, '8.8.4.4': 1, '192.168.1.7': port } })
    for (const host of ['mixed.example', 'two.example', 'six.example', 'nothing.example', 'odd.example']) rules.grant({ feature: '*', host, isLocal: false })
    expect((await fails(door.request(request('http://mixed.example/'))))[1]).toMatchObject({ rule: 'local address behind a name' })
    expect((await fails(door.request(request('http://six.example/'))))[1]).toMatchObject({ rule: 'local address behind a name' })
    expect((await fails(door.request(request('http://nothing.example/'))))[0]).toBe('EGRESS_FAILED')
    expect((await fails(door.request(request('http://odd.example/'))))[0]).toBe('EGRESS_FAILED')
    expect(dialled).toEqual([])
    expect(await text(await door.request(request('http://two.example/')))).toBe('second')
    expect(dialled).toEqual(['8.8.4.4 80', '8.8.8.8 80'])
    rules.grant({ feature: '*', host: 'nas.home', isLocal: true })
    expect(await text(await door.request(request('http://nas.home/')))).toBe('second')
  })

  it('connects over IPv6, and knows the address in all its spellings', async context => {
    const port = await serve((incoming, response) => response.end(incoming.headers.host), '::1').catch(() => null)
    if (port === null) return context.skip('this machine has no IPv6')
    const { door, rules } = openDoor({ mode: 'offline' })
    rules.grant({ feature: '*', host: `[::1]:${port}`, isLocal: true })
    expect(await text(await door.request(request(`http://[0:0:0:0:0:0:0:1]:${port}/`)))).toBe(`[::1]:${port}`)
    expect((await fails(door.request(request(`http://[::ffff:127.0.0.1]:${port}/`))))[0]).toBe('EGRESS_REFUSED')
  })

  it('checks every redirect anew: to metadata, to this machine, to another host, without TLS, without end', async () => {
    const to: Record<string, string> = { '/metadata': 'http://169.254.169.254/latest/', '/decimal': 'http://2852039166/', '/own': 'http://127.0.0.1:1/', '/file': 'file:///etc/passwd', '/user': 'http://a:b@good.example/', '/other': 'http://other.example/end', '/same': '/end', '/round': '/round', '/post303': '/end' }
    const seen: [string, IncomingMessage['headers']][] = []
    const answer: Answer = (incoming, response) => {
      seen.push([`${incoming.method} ${incoming.url}`, incoming.headers])
      const location = to[incoming.url ?? '']
      if (location === undefined) response.end('end')
      else response.writeHead(incoming.url === '/post303' ? 303 : 307, { location }).end()
    }
    const port = await serve(answer)
    const { door, rules, ledger } = openDoor({ names: { 'good.example': ['8.8.8.8'], 'other.example': ['8.8.4.4'] }, ports: { '8.8.8.8': port, '8.8.4.4': port } })
    rules.grant({ feature: '*', host: 'good.example', isLocal: false })
    const refused = async (path: string): Promise<unknown> => ((await fails(door.request(request(`http://good.example${path}`))))[1] as { rule: string } | null)?.rule
    expect(await refused('/metadata')).toBe('metadata address')
    expect(await refused('/decimal')).toBe('metadata address')
    expect(await refused('/own')).toBe('port 1 is not granted')
    expect(await refused('/other')).toBe('not on the allow-list')
    expect((await fails(door.request(request('http://good.example/file'))))[0]).toBe('EGRESS_ADDRESS_INVALID')
    expect((await fails(door.request(request('http://good.example/user'))))[0]).toBe('EGRESS_ADDRESS_INVALID')
    seen.length = 0
    expect((await fails(door.request(request('http://good.example/round'))))).toEqual(['EGRESS_FAILED', { host: 'good.example', reason: 'it redirects more than 5 times' }])
    expect(seen).toHaveLength(6)
    expect(ledger.notes.filter(note => note.counts && !note.counts.isEnded)).toEqual([])

    rules.grant({ feature: '*', host: 'other.example', isLocal: false })
    seen.length = 0
    const headers = { authorization: 'Bearer secret', 'x-api-key': 'secret', accept: 'text/plain' }
    expect(await text(await door.request(request('http://good.example/same', { headers })))).toBe('end')
    expect(await text(await door.request(request('http://good.example/other', { headers })))).toBe('end')
    expect(seen.map(([line, its]) => [line, its.authorization, its['x-api-key'], its.accept])).toEqual([
      ['GET /same', 'Bearer secret', 'secret', 'text/plain'], ['GET /end', 'Bearer secret', 'secret', 'text/plain'],
      ['GET /other', 'Bearer secret', 'secret', 'text/plain'], ['GET /end', undefined, undefined, 'text/plain'],
    ])
    seen.length = 0
    const body = Buffer.from('what was sent')
    expect(await fails(door.request(request('http://good.example/other', { method: 'POST', body })))).toEqual(['EGRESS_FAILED', { host: 'good.example', reason: 'it redirects what was sent to another site' }])
    expect(await text(await door.request(request('http://good.example/post303', { method: 'POST', body, headers: { 'content-type': 'text/plain' } })))).toBe('end')
    expect(seen.map(([line]) => line)).toEqual(['POST /other', 'POST /post303', 'GET /end'])
    expect(seen[2]?.[1]['content-type']).toBeUndefined()
  })

  it('bounds bodies: announced, endless, packed, and packed to nothing', async () => {
    const bomb = gzipSync(Buffer.alloc(20_000_000))
    const port = await serve((incoming, response) => {
      response.on('error', () => undefined)
      if (incoming.url === '/announced') response.writeHead(200, { 'content-length': '99999999' }).write('x')
      else if (incoming.url === '/bomb') response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb)
      else if (incoming.url === '/twice') response.writeHead(200, { 'content-encoding': 'gzip, gzip' }).end(gzipSync(bomb))
      else if (incoming.url === '/thrice') response.writeHead(200, { 'content-encoding': 'gzip, gzip, gzip' }).end('x')
      else if (incoming.url === '/packed') response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('small'))
      else if (incoming.url === '/broken') response.writeHead(200, { 'content-encoding': 'gzip' }).end('no gzip at all')
      else {
        // Members of nothing: they never become a byte.
        const chunk = incoming.url === '/nothing' ? Buffer.concat(Array.from({ length: 500 }, () => gzipSync(''))) : Buffer.alloc(64_000)
        if (incoming.url === '/nothing') response.setHeader('content-encoding', 'gzip')
        const more = (): void => void (response.destroyed || setImmediate(() => response.write(chunk, more)))
        more()
      }
    })
    const { door, rules } = openDoor({ mode: 'offline' })
    rules.grant({ feature: '*', host: `127.0.0.1:${port}`, isLocal: true })
    const read = async (path: string): Promise<[string, unknown]> => await fails(door.request(request(`http://127.0.0.1:${port}${path}`, { limits: { bodyBytes: 1_000_000 } })).then(text))
    for (const path of ['/announced', '/endless', '/bomb', '/twice', '/nothing']) expect([path, await read(path)]).toEqual([path, ['EGRESS_TOO_LARGE', { host: '127.0.0.1', limitBytes: 1_000_000 }]])
    expect(await read('/thrice')).toEqual(['EGRESS_FAILED', { host: '127.0.0.1', reason: 'its answer is packed in a way that is not known' }])
    expect(await read('/broken')).toEqual(['EGRESS_FAILED', { host: '127.0.0.1', reason: 'its answer is packed wrongly' }])
    expect(await text(await door.request(request(`http://127.0.0.1:${port}/packed`)))).toBe('small')
  })

  it('bounds time: no answer, a slow head, a slow body, a person who leaves', async () => {
    const port = await serve((incoming, response) => {
      response.on('error', () => undefined)
      if (incoming.url === '/slow') {
        const drip = setInterval(() => response.write('x'), 20)
        response.on('close', () => clearInterval(drip))
      }
      if (incoming.url === '/stop') response.write('begin')
    })
    const { door, rules, ledger } = openDoor({ mode: 'offline' })
    rules.grant({ feature: '*', host: `127.0.0.1:${port}`, isLocal: true })
    const read = async (path: string, limits: EgressRequest['limits'], signal?: AbortSignal) => await fails(door.request(request(`http://127.0.0.1:${port}${path}`, { limits: limits ?? {} }), signal).then(text))
    expect(await read('/never', { idleMilliseconds: 100 })).toMatchObject(['EGRESS_TIMED_OUT', { host: '127.0.0.1' }])
    expect(await read('/stop', { idleMilliseconds: 100 })).toMatchObject(['EGRESS_TIMED_OUT', {}])
    expect(await read('/slow', { totalMilliseconds: 300 })).toMatchObject(['EGRESS_TIMED_OUT', {}])
    const controller = new AbortController()
    setTimeout(() => controller.abort(new Error('the person left')), 50)
    expect(await read('/slow', {}, controller.signal)).toEqual(['Error: the person left', null])
    expect(await read('/slow', {}, controller.signal)).toEqual(['Error: the person left', null])
    await vi.waitFor(() => expect(ledger.notes.filter(note => note.decision === 'allowed' && note.counts?.isEnded !== true)).toEqual([]), { timeout: 20_000 })
    const response = await door.request(request(`http://127.0.0.1:${port}/stop`))
    response.discard()
    expect(ledger.notes.at(-1)?.counts).toMatchObject({ isEnded: true })
  })

  it('bounds heads, and says why a connection failed', async () => {
    const port = await serve((_request, response) => response.writeHead(200, { 'x-long': 'x'.repeat(20_000) }).end())
    const garbage = await listen(createTcpServer(socket => socket.on('error', () => undefined).resume().end('this is no HTTP\r\n\r\n')))
    const silent = await listen(createTcpServer(socket => socket.on('error', () => undefined).destroy()))
    const { door, rules } = openDoor({ mode: 'offline' })
    for (const its of [port, garbage, silent]) rules.grant({ feature: '*', host: `127.0.0.1:${its}`, isLocal: true })
    rules.grant({ feature: '*', host: '127.0.0.1:1', isLocal: true })
    const reason = async (url: string, more: Partial<EgressRequest> = {}): Promise<unknown> => ((await fails(door.request(request(url, more))))[1] as { reason: string }).reason
    expect(await reason(`http://127.0.0.1:${port}/`)).toBe('the headers of its answer are too long')
    expect(await reason(`http://127.0.0.1:${garbage}/`)).toBe('it does not speak HTTP there')
    expect(await reason(`https://127.0.0.1:${garbage}/`)).toBe('it does not speak TLS there')
    expect(await reason(`http://127.0.0.1:${silent}/`)).toMatch(/cut off|ended early/)
    expect(await reason('http://127.0.0.1:1/')).toBe('nothing listens at that port')
    expect(await reason(`http://127.0.0.1:${port}/`, { headers: { 'x-bad': 'a\r\nb: c' } })).toBe('a header holds a character that cannot be sent')
  })

  it('asks the person: once, refused, and not at all for metadata', async () => {
    const port = await serve((_request, response) => response.end('yes'))
    const { door, questions, ledger, rules } = openDoor({ mode: 'ask', names: { 'new.example': ['8.8.8.8'], 'inner.example': ['10.0.0.1'] }, ports: { '8.8.8.8': port } })
    const answer = async (word: 'once' | 'refuse'): Promise<void> => {
      await vi.waitFor(() => expect(questions.pending()).toHaveLength(1), { timeout: 20_000 })
      questions.answer(questions.pending()[0]!.id, word)
    }
    const asked = door.request(request('http://new.example/'))
    await vi.waitFor(() => expect(questions.pending()).toMatchObject([{ host: 'new.example', port: 80, feature: 'models', why: 'a download', isLocal: false }]), { timeout: 20_000 })
    await answer('once')
    expect(await text(await asked)).toBe('yes')
    expect(ledger.notes.at(-1)).toMatchObject({ decision: 'allowed', rule: 'allowed once by you' })
    const [again] = await Promise.all([fails(door.request(request('http://new.example/'))), answer('refuse')])
    expect(again[1]).toMatchObject({ rule: 'not allowed when asked' })
    const [inner] = await Promise.all([fails(door.request(request('http://inner.example/'))), answer('once')])
    expect(inner[1]).toMatchObject({ rule: 'local address behind a name' })
    expect((await fails(door.request(request('http://169.254.169.254/'))))[1]).toMatchObject({ rule: 'metadata address' })
    const late = door.request(request('http://new.example/'))
    await vi.waitFor(() => expect(questions.pending()).toHaveLength(1), { timeout: 20_000 })
    rules.setMode('offline')
    questions.answer(questions.pending()[0]!.id, 'once')
    expect((await fails(late))[1]).toMatchObject({ rule: 'offline' })
  })

  it('closes what is open when its permission ends', async () => {
    const port = await serve((_request, response) => void response.write('begin'))
    const { door, rules } = openDoor({ mode: 'offline' })
    const grant = rules.grant({ feature: '*', host: `127.0.0.1:${port}`, isLocal: true })
    const response = await door.request(request(`http://127.0.0.1:${port}/`))
    const reading = fails(text(response))
    rules.revoke(grant.id)
    expect(await reading).toMatchObject(['EGRESS_REFUSED', { port, rule: expect.stringContaining('not granted') }])
    rules.grant({ feature: '*', host: `127.0.0.1:${port}`, isLocal: true })
    const other = fails(text(await door.request(request(`http://127.0.0.1:${port}/`))))
    door.dispose()
    expect((await other)[0]).toBe('EGRESS_FAILED')
  })

  it('sends nothing that could not be recorded', async () => {
    const { door, rules, audit, dialled } = openDoor({ names: { 'good.example': ['8.8.8.8'] } })
    rules.grant({ feature: '*', host: 'good.example', isLocal: false })
    audit.fault = new AppError('STORAGE_FULL', { path: '/db' })
    expect((await fails(door.request(request('http://good.example/'))))[0]).toBe('STORAGE_FULL')
    expect((await fails(door.request(request('http://bad.example/'))))[0]).toBe('EGRESS_REFUSED')
    expect(dialled).toEqual([])
  })

  it('has its permission on the disk before the first byte', async () => {
    const port = await serve((_incoming, response) => response.end('ok'))
    const { door, rules, audit } = openDoor({ names: { 'good.example': ['8.8.8.8'] }, ports: { '8.8.8.8': port } })
    rules.grant({ feature: '*', host: 'good.example', isLocal: false })
    expect(audit.flushed).toBe(audit.events.length)
    expect(await text(await door.request(request('http://good.example/')))).toBe('ok')
    expect(audit.events.at(-1)?.kind).toBe('egress.connect')
    expect(audit.flushed).toBe(audit.events.length)
  })

  it('asks nobody for a name once the request was given up', async () => {
    const { door, rules, lookups } = openDoor({ names: { 'good.example': ['8.8.8.8'] } })
    rules.grant({ feature: '*', host: 'good.example', isLocal: false })
    const reason = new Error('given up')
    await expect(door.request(request('http://good.example/'), AbortSignal.abort(reason))).rejects.toBe(reason)
    expect(lookups).toEqual([])
  })

  it('knows no proxy of the environment', async () => {
    const proxied: string[] = []
    const proxy = await serve((incoming, response) => (proxied.push(incoming.url ?? ''), response.end('proxied')))
    const port = await serve((_request, response) => response.end('direct'))
    for (const name of ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY']) vi.stubEnv(name, `http://127.0.0.1:${proxy}`)
    vi.stubEnv('NODE_USE_ENV_PROXY', '1')
    const { door, rules } = openDoor({ mode: 'offline' })
    rules.grant({ feature: '*', host: `localhost:${port}`, isLocal: true })
    expect(await text(await door.request(request(`http://localhost:${port}/`)))).toBe('direct')
    expect(proxied).toEqual([])
    vi.unstubAllEnvs()
  })
})

describe('GuardedDoor over TLS', () => {
  beforeEach(() => vi.unstubAllEnvs())

  it('checks the certificate, whatever the environment says', async context => {
    const made = await import('../../../tests/support/make-certificate.ts').then(module => module.makeCertificate('good.example'))
    if (!made) return context.skip('openssl is not installed')
    const { createServer: createTlsServer } = await import('node:https')
    const names: unknown[] = []
    const server = createTlsServer({ ...made, SNICallback: (name, done) => (names.push(name), done(null)) }, (_request, response) => response.end('secured'))
    const port = await listen(server)
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
    const { door, rules } = openDoor({ names: { 'good.example': ['8.8.8.8'] }, ports: { '8.8.8.8': port } })
    rules.grant({ feature: '*', host: 'good.example', isLocal: false })
    expect(await fails(door.request(request('https://good.example/')))).toMatchObject(['EGRESS_FAILED', { reason: expect.stringContaining('certificate is not trusted') }])
    expect(names).toEqual(['good.example'])
  })
})
