import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { MessageChannel } from 'node:worker_threads'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/message-port'
import { WebSocket } from 'ws'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Client } from '../../main/shared/contract/index.ts'
import { rpcProtocols } from '../../main/transport/request-checks.ts'
import { createRpcServer } from '../../main/transport/rpc-server.ts'
import { startTestApp, type TestApp } from '../support/test-host.ts'

setFlagsFromString('--expose-gc')
// The flag gives `gc` to contexts made after it.
const collectGarbage = runInNewContext('gc') as () => void

const frames = 10_000
const mostGrowthBytes = 20e6
const mostMilliseconds = 5

let running: TestApp
const unhandled: unknown[] = []
const note = (reason: unknown): void => void unhandled.push(reason)

beforeAll(async () => {
  running = await startTestApp()
  process.on('unhandledRejection', note)
})
afterAll(async () => {
  process.off('unhandledRejection', note)
  await running.dispose()
})

const call = (u: string, b?: unknown, more: object = {}): string => JSON.stringify({ i: '1', p: { u, b }, ...more })
const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)

/** One of many kinds of nonsense, always the same for the same number. */
function nonsense(n: number): unknown {
  const kinds = kindsOf(n)
  return kinds[n % kinds.length]!()
}

function kindsOf(n: number): (() => unknown)[] {
  return [
    () => '',
    () => 'not json',
    () => '{}',
    () => 'null',
    () => '[]',
    () => '"text"',
    () => String(n),
    () => '{"i":"1"',
    () => JSON.stringify({ i: n }),
    () => JSON.stringify({ i: null, p: { u: '/app/info' } }),
    () => JSON.stringify({ i: { toString: 1 }, p: { u: '/app/info' } }),
    () => JSON.stringify({ i: 'x'.repeat(100_000), p: { u: '/app/info' } }),
    () => JSON.stringify({ i: `a${n}`, p: null }),
    () => JSON.stringify({ i: `a${n}`, p: { u: 5 } }),
    () => JSON.stringify({ i: `a${n}`, p: { u: 'http://[' } }),
    () => JSON.stringify({ i: `a${n}`, t: 9, p: {} }),
    () => JSON.stringify({ i: `a${n}`, t: 3, p: null }),
    () => JSON.stringify({ i: `a${n}`, t: 4 }),
    () => JSON.stringify({ i: `a${n}`, p: { u: '/app/info', h: { a: { b: 1 } } } }),
    () => JSON.stringify({ i: `a${n}`, p: { u: '/app/info', m: 'DELETE' } }),
    () => call('/nothing/here', {}, { i: `n${n}` }),
    () => call('/../../etc/passwd', {}, { i: `n${n}` }),
    () => call('/__proto__/constructor', {}, { i: `n${n}` }),
    () => call('/files/list', { json: 5 }, { i: `n${n}` }),
    () => call('/files/list', { json: { workspaceId: { $ne: null }, path: [] } }, { i: `n${n}` }),
    () => call('/files/list', { json: { workspaceId: 'x', path: '\0' } }, { i: `n${n}` }),
    () => call('/files/list', { json: {}, meta: [[1, '__proto__', 'polluted']] }, { i: `n${n}` }),
    () => call('/files/list', { json: {}, meta: 'x' }, { i: `n${n}` }),
    () => call('/files/list', { json: {}, maps: [['a']], meta: [[99]] }, { i: `n${n}` }),
    () => `{"i":"p${n}","p":{"u":"/layout/keep","b":{"json":{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}}}}`,
    () => `{"i":"d${n}","p":{"u":"/settings/set","b":{"json":${deep(2000)}}}}`,
    () => deep(5000),
    () => 'x'.repeat(n % 100 === 0 ? 1_000_000 : 10_000),
  ]
}

function nonsenseObject(n: number): unknown {
  if (n % 3 !== 0) return nonsense(n)
  const cycle: Record<string, unknown> = { i: `c${n}`, p: { u: '/app/info' } }
  cycle['self'] = cycle
  const kinds: unknown[] = [null, undefined, n, true, new Date(), new Map([[1, 2]]), new Uint8Array(64).fill(255), new ArrayBuffer(8), { i: 1 }, { i: '1', p: { u: '/app/info' } }, cycle, [cycle], 10n ** 30n]
  return kinds[(n / 3) % kinds.length]
}

/** What is alike in every so many frames: the kinds of nonsense, a third of them as objects, and what they repeat by. */
const kindCount = 3 * kindsOf(0).length

interface Flood {
  growth: number
  p99: number
  /** Mean of the dearest kind. */
  dearest: number
}

/**
 * Each bad frame is followed by an honest call, which the host can answer only after it: their time together bounds that of the bad one.
 * It is the thread's processor time, client included, so that what else runs on the machine does not count. That clock goes in ticks of up to
 * 4 ms, which is coarse for one frame: the mean of the dearest kind, each kind being one frame in a hundred, is held against the same bound.
 */
async function flood(send: (frame: unknown) => void, make: (n: number) => unknown, client: Client): Promise<Flood> {
  for (let n = 0; n < 1000; n += 1) send(make(n))
  await client.app.info()
  const before = await heapBytes()
  const times: number[] = []
  const spent = Array.from({ length: kindCount }, () => 0)
  for (let n = 0; n < frames; n += 1) {
    const [from, busyFrom] = [performance.now(), busyMilliseconds()]
    send(make(n))
    await client.app.info()
    const busy = busyMilliseconds() - busyFrom
    // The thread was never busy for longer than passed, whatever its coarse clock says.
    times.push(Math.min(performance.now() - from, busy))
    spent[n % kindCount]! += busy
  }
  times.sort((a, b) => a - b)
  return { growth: (await heapBytes()) - before, p99: times[Math.floor(times.length * 0.99)]!, dearest: Math.max(...spent) / (frames / kindCount) }
}

function busyMilliseconds(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

async function heapBytes(): Promise<number> {
  await new Promise(resolve => setTimeout(resolve, 100))
  collectGarbage()
  return process.memoryUsage().heapUsed
}

function check(name: string, { growth, p99, dearest }: Flood): void {
  console.log(`P7 ${name}: ${frames} frames, p99 ${p99.toFixed(2)} ms, ${dearest.toFixed(2)} ms each of the dearest kind, growth ${(growth / 1e6).toFixed(1)} MB`)
  expect(unhandled).toEqual([])
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  expect(p99).toBeLessThan(mostMilliseconds)
  expect(dearest).toBeLessThan(mostMilliseconds)
  expect(growth).toBeLessThan(mostGrowthBytes)
}

describe('P7 10,000 malformed frames', () => {
  test('over a WebSocket', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${running.http.port}/rpc`, rpcProtocols(running.http.token))
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
    const port = { on: (event: string, listener: (event?: { data: unknown }) => void) => void (event === 'message' ? socket.on('message', data => listener({ data: String(data) })) : socket.on('close', () => listener())), postMessage: (data: string) => socket.send(data) }
    const client: Client = createORPCClient(new RPCLink({ port }))
    const send = (frame: unknown): void => socket.send(typeof frame === 'string' || frame instanceof Uint8Array ? frame : JSON.stringify(frame) ?? 'undefined')
    check('WebSocket', await flood(send, n => (n % 50 === 0 ? new Uint8Array(200).fill(n) : nonsense(n)), client))
    socket.terminate()
  })

  test('over a message port', async () => {
    const { port1, port2 } = new MessageChannel()
    createRpcServer(running.app.router, running.host.log, 'port').serve({
      on: (event: 'message' | 'close', listener: (event: { data: unknown }) => void) => (event === 'message' ? port1.on('message', data => listener({ data })) : port1.on('close', () => listener({ data: null }))),
      postMessage: frame => port1.postMessage(frame),
    })
    const client: Client = createORPCClient(new RPCLink({ port: port2 }))
    port2.start()
    check('message port', await flood(frame => port2.postMessage(frame), nonsenseObject, client))
    port2.close()
  })

  test('a frame over the limit ends its connection and no other', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${running.http.port}/rpc`, rpcProtocols(running.http.token))
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
    const closed = new Promise<number>(resolve => socket.once('close', resolve))
    socket.on('error', () => undefined)
    // Only the header says how long it is: ws checks that before it takes a byte of it.
    const raw = (socket as unknown as { _socket: { write: (bytes: Buffer) => void } })._socket
    raw.write(Buffer.from([0x81, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 1, 2, 3, 4]))
    expect(await closed).toBe(1009)
    expect((await fetch(`http://127.0.0.1:${running.http.port}/`)).status).toBe(200)
  })
})
