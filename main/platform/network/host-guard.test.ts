import { execFileSync } from 'node:child_process'
import dgram from 'node:dgram'
import dns, { lookup as importedLookup } from 'node:dns'
import http from 'node:http'
import http2 from 'node:http2'
import net, { connect as importedConnect, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import tls from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dial } from './dial.ts'
import { installHostGuard, isHostGuarded, onGuardRefusal, type GuardRefusal } from './host-guard.ts'
import { resolveName } from './system-resolver.ts'

const refusals: GuardRefusal[] = []
let uninstall: () => void = () => undefined
let port = 0
let reached = 0
const server = net.createServer(socket => {
  reached++
  socket.on('error', () => undefined).end('x')
})
beforeAll(async () => {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
  uninstall = installHostGuard(false)
})
afterAll(async () => {
  uninstall()
  await new Promise(resolve => server.close(resolve))
})

const errorOf = async (emitter: { once: (event: 'error', listener: (error: Error & { code?: string }) => void) => unknown }): Promise<unknown> => await new Promise(resolve => emitter.once('error', error => resolve(error.code)))
const codeOf = async (work: Promise<unknown>): Promise<unknown> => await work.then(() => 'went through', (error: { code?: string; cause?: { code?: string } }) => error.code ?? error.cause?.code)
const thrown = (work: () => unknown): unknown => {
  try {
    work()
    return 'went through'
  } catch (error) {
    return (error as { code?: string }).code
  }
}

describe('the guard of the host', () => {
  it('keeps what came before anybody listened', async () => {
    expect(await errorOf(net.connect(port, '127.0.0.1'))).toBe('EACCES')
    const stop = onGuardRefusal(refusal => refusals.push(refusal))
    expect(refusals).toEqual([{ why: 'a connection', target: '127.0.0.1', port }])
    expect(stop).toBeTypeOf('function')
    expect(isHostGuarded()).toBe(true)
    expect(installHostGuard(false)).toBeTypeOf('function')
  })

  it('refuses every way of Node to connect', async () => {
    refusals.length = 0
    const ways = [
      errorOf(net.connect({ host: '127.0.0.1', port })),
      errorOf(importedConnect(port)),
      errorOf(new net.Socket().connect(port, '127.0.0.1')),
      errorOf(tls.connect({ host: '127.0.0.1', port })),
      errorOf(http.get(`http://127.0.0.1:${port}/`)),
      errorOf(http2.connect(`http://127.0.0.1:${port}/`)),
      codeOf(fetch(`http://127.0.0.1:${port}/`)),
    ]
    expect(await Promise.all(ways)).toEqual(ways.map(() => 'EACCES'))
    expect(thrown(() => new WebSocket(`ws://127.0.0.1:${port}/`))).toBe('EACCES')
    expect(refusals.filter(refusal => refusal.port === port)).toHaveLength(8)
    expect(reached).toBe(0)
  })

  it('is not deceived by what only looks like the path of a socket', async () => {
    refusals.length = 0
    const list = Object.assign(['/tmp/a.sock'], { host: '127.0.0.1', port })
    let reads = 0
    const twoFaced = { host: '127.0.0.1', port, get path() { return reads++ === 0 ? '' : '/tmp/a.sock' } }
    const ways = [{ path: '', host: '127.0.0.1', port }, list, twoFaced, `0x${port.toString(16)}`, ` ${port}`].map(given => errorOf(new net.Socket().connect(given as unknown as string)))
    expect(await Promise.all(ways)).toEqual(ways.map(() => 'EACCES'))
    reads = 0
    const other = { host: '127.0.0.1', port, get path() { return reads++ === 0 ? '/tmp/no-such.sock' : undefined } }
    expect(await errorOf(new net.Socket().connect(other as net.NetConnectOpts))).toBe('ENOENT')
    const listeners = ['0x0', { path: '/tmp/a.sock', port: 0 }, { fd: undefined, port: 0 }, { handle: { port: 0 } }, { host: '127.0.0.1', handle: { port: 0 }, port: 0 }, { path: '' }]
    for (const given of listeners) expect(thrown(() => net.createServer().listen(given as net.ListenOptions))).toBe('EACCES')
    expect(reached).toBe(0)
  })

  it('closes the ways below the modules', async () => {
    const { binding } = process as unknown as { binding: (name: string) => unknown }
    for (const name of ['tcp_wrap', 'udp_wrap', 'cares_wrap']) expect(thrown(() => binding.call(process, name))).toBe('EACCES')
    const inspector = await import('node:inspector')
    expect(thrown(() => inspector.open(0, '0.0.0.0'))).toBe('EACCES')
  })

  it('refuses name lookups, datagrams and listeners for others', async () => {
    refusals.length = 0
    expect(await new Promise(resolve => dns.lookup('example.org', error => resolve(error?.code)))).toBe('EACCES')
    expect(await new Promise(resolve => importedLookup('example.org', error => resolve(error?.code)))).toBe('EACCES')
    expect(await new Promise(resolve => new dns.Resolver().resolve4('example.org', error => resolve(error?.code)))).toBe('EACCES')
    expect(await codeOf(dns.promises.lookup('example.org'))).toBe('EACCES')
    expect(await codeOf(new dns.promises.Resolver().resolveTxt('example.org'))).toBe('EACCES')
    const socket = dgram.createSocket('udp4')
    expect(thrown(() => socket.send('x', 53, '192.0.2.1'))).toBe('EACCES')
    expect(thrown(() => socket.bind(0))).toBe('EACCES')
    expect(thrown(() => socket.connect(53, '192.0.2.1'))).toBe('EACCES')
    socket.close()
    for (const place of ['0.0.0.0', '::', '192.168.1.1']) expect(thrown(() => net.createServer().listen(0, place))).toBe('EACCES')
    expect(thrown(() => net.createServer().listen(0))).toBe('EACCES')
    expect(refusals.map(refusal => refusal.why)).toEqual([...Array<string>(5).fill('a name lookup'), ...Array<string>(3).fill('a datagram'), ...Array<string>(4).fill('a listener')])
    expect(refusals[5]).toEqual({ why: 'a datagram', target: '192.0.2.1', port: 53 })
  })

  it('lets the door, the own listener and sockets of the file system through', async () => {
    refusals.length = 0
    await new Promise<void>((resolve, reject) => dial('127.0.0.1', port).once('connect', resolve).on('error', reject).resume())
    expect(reached).toBe(1)
    expect((await resolveName('localhost')).length).toBeGreaterThan(0)
    const own = http.createServer().listen({ host: '127.0.0.1', port: 0, exclusive: true })
    await new Promise(resolve => own.once('listening', resolve))
    own.close()
    const path = process.platform === 'win32' ? '\\\\.\\pipe\\cortex-guard-test' : join(tmpdir(), `cortex-guard-${process.pid}.sock`)
    const unix = net.createServer(socket => socket.end()).listen(path)
    await new Promise(resolve => unix.once('listening', resolve))
    await new Promise<void>((resolve, reject) => net.connect(path).once('connect', resolve).on('error', reject).resume())
    await new Promise<void>((resolve, reject) => net.connect({ path }).once('connect', resolve).on('error', reject).resume())
    unix.close()
    expect(refusals).toEqual([])
  })

  it('lets no question about an address go to a name server', async () => {
    const address = '192.0.2.1'
    const given = (ask: (done: (error: NodeJS.ErrnoException | null) => void) => void): Promise<unknown> => new Promise(resolve => ask(error => resolve(error?.code)))
    const resolver = new dns.Resolver()
    const ways = [
      given(done => resolver.reverse(address, done)),
      given(done => resolver.resolveTxt(address, done)),
      given(done => dns.reverse('2001:db8::1', done)),
      given(done => dns.lookupService(address, 53, done)),
      codeOf(dns.promises.reverse(address)),
      codeOf(new dns.promises.Resolver().resolve4(address)),
      codeOf(dns.promises.lookupService(address, 53)),
    ]
    expect(await Promise.all(ways)).toEqual(ways.map(() => 'EACCES'))
    expect((await dns.promises.lookup(address)).address).toBe(address)
  })

  it('is not opened by a built-in that was replaced, nor by the old names of what listens', async () => {
    const has = Object.getOwnPropertyDescriptor(WeakSet.prototype, 'has')!
    const apply = Object.getOwnPropertyDescriptor(Function.prototype, 'apply')!
    try {
      WeakSet.prototype.has = () => true
      expect(await errorOf(net.connect({ host: '127.0.0.1', port }))).toBe('EACCES')
    } finally {
      Object.defineProperty(WeakSet.prototype, 'has', has)
      Object.defineProperty(Function.prototype, 'apply', apply)
    }
    const below = { ...net, ...dgram } as unknown as Record<'_createServerHandle' | '_createSocketHandle', (...given: unknown[]) => unknown>
    expect(thrown(() => below._createServerHandle('0.0.0.0', 0, 4))).toBe('EACCES')
    expect(thrown(() => below._createSocketHandle('0.0.0.0', 0, 'udp4'))).toBe('EACCES')
    const server = net.createServer() as unknown as { _listen2: (...given: unknown[]) => unknown }
    expect(thrown(() => server._listen2('0.0.0.0', 0, 4, 5))).toBe('EACCES')
    expect(thrown(() => server._listen2(null, 0, 4, 5))).toBe('EACCES')
  })

  it('leaves the door a name lookup where it stands before everything else, as in the product', () => {
    const script = `
      import ${JSON.stringify(join(import.meta.dirname, 'guard-host.ts'))}
      const { resolveName } = await import(${JSON.stringify(join(import.meta.dirname, 'system-resolver.ts'))})
      const dns = await import('node:dns')
      const refused = await dns.promises.lookup('localhost').then(() => 'open', error => error.code)
      console.log((await resolveName('localhost')).length > 0, refused)
    `
    expect(execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }).trim()).toBe('true EACCES')
  })

  it('cannot be taken away in the product, and lets a child process be spoken to', () => {
    const script = `
      import { installHostGuard } from ${JSON.stringify(join(import.meta.dirname, 'host-guard.ts'))}
      import net from 'node:net'
      import { fork } from 'node:child_process'
      installHostGuard(true)
      let said = ''
      try { net.Socket.prototype.connect = () => 'taken away' } catch (error) { said = error.constructor.name }
      const child = fork('-e', ['process.on("message", text => { process.send(text + "!"); process.disconnect() })'], { execArgv: [] , execPath: process.execPath, stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
      child.on('message', text => console.log(said, text))
      child.send('hello')
    `
    expect(execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }).trim()).toBe('TypeError hello!')
  })
})
