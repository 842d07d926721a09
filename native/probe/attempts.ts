import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { Resolver } from 'node:dns/promises'
import { get } from 'node:http'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { selfTestAddress, selfTestName, type Finding, type Sink } from '#shared/contract/self-test.ts'

type Outcome = Pick<Finding, 'outcome' | 'by'>
type Ports = Sink['ports']

const patienceMilliseconds = 2000
/** A program has to be started first: one that had no time to try would be called blocked. */
const childPatienceMilliseconds = 15_000
const reached: Outcome = { outcome: 'reached', by: '' }
const sent: Outcome = { outcome: 'sent', by: '' }

/** Tries every way out of a program, for real. `node`: the executable that a child process runs. */
export async function attemptAll(sinks: readonly Sink[], node: string): Promise<Finding[]> {
  const ways: [Finding['vector'], (address: string, ports: Ports) => Promise<Outcome>][] = [
    ['dns', (address, { dns }) => byDns(address, dns)],
    ['tcp', (address, { tcp }) => bySocket(() => connect({ host: address, port: tcp }))],
    ['udp', (address, { udp }) => byDatagram(address, udp)],
    ['tls', (address, { tls }) => bySocket(() => connectTls({ host: address, port: tls, rejectUnauthorized: false }))],
    ['http', (address, { http }) => byHttp(address, http)],
    ['websocket', (address, { http }) => byWebSocket(address, http)],
    ['child-process', (address, { http }) => byChild(node, address, http)],
  ]
  const patience = (vector: Finding['vector']): number => (vector === 'child-process' ? childPatienceMilliseconds : patienceMilliseconds)
  return await Promise.all(sinks.flatMap(({ place, address, ports }) => ways.map(async ([vector, way]) => ({ vector, place, ...(await settled(() => way(address, ports), patience(vector))) }))))
}

/** What throws refuses; what does not answer in time has not got through. */
async function settled(way: () => Promise<Outcome>, milliseconds: number): Promise<Outcome> {
  const late = Promise.withResolvers<Outcome>()
  const timer = setTimeout(() => late.resolve({ outcome: 'refused', by: 'no answer' }), milliseconds)
  try {
    return await Promise.race([way(), late.promise])
  } catch (error) {
    return refused(error)
  } finally {
    clearTimeout(timer)
  }
}

function refused(error: unknown): Outcome {
  return { outcome: 'refused', by: errorCode(error).slice(0, 200) }
}

/** The system's code for an error, else what it says. */
export function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return 'refused'
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message
}

function bySocket(open: () => Socket): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const socket = open()
    socket.setTimeout(patienceMilliseconds, () => socket.destroy())
    // Of TLS too: its first words are on their way then.
    socket.once('connect', () => {
      resolve(reached)
      setTimeout(() => socket.destroy(), 100)
    })
    socket.on('error', reject)
  })
}

async function byDns(address: string, port: number): Promise<Outcome> {
  const resolver = new Resolver({ timeout: patienceMilliseconds / 2, tries: 1 })
  resolver.setServers([`${address}:${port}`])
  // A question about an address goes to the same server as one about a name. That it was sent, the sink tells: its failure reads the same whether somebody answered or not.
  const [named] = await Promise.allSettled([resolver.resolve4(selfTestName), resolver.reverse(selfTestAddress)])
  // The sink says that there is no such name: somebody answered.
  if (named.status === 'fulfilled' || (named.reason as { code?: unknown }).code === 'ENOTFOUND') return reached
  throw named.reason
}

function byDatagram(address: string, port: number): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4')
    socket.once('error', reject)
    socket.send('self-test', port, address, error => {
      socket.close()
      if (error) reject(error)
      else resolve(sent)
    })
  })
}

function byHttp(address: string, port: number): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const request = get({ host: address, port, path: '/http', agent: false }, response => {
      response.resume()
      resolve(reached)
    })
    request.setTimeout(patienceMilliseconds, () => request.destroy())
    request.once('error', reject)
  })
}

function byWebSocket(address: string, port: number): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    // The real attempt is the point; nothing else in this program uses it.
    const socket = new WebSocket(`ws://${address}:${port}/websocket`)
    socket.onopen = () => {
      socket.close()
      resolve(reached)
    }
    // The sink refuses the upgrade; whether it was asked, it says itself.
    socket.onerror = event => reject(new Error(/refused|EACCES|ECONN|ENET|EHOST|EPERM/.exec(String((event as { message?: unknown }).message))?.[0] ?? 'no connection'))
  })
}

const childScript = `
  const { get } = require('node:http')
  get({ host: process.argv[1], port: Number(process.argv[2]), path: '/child-process', agent: false, timeout: ${patienceMilliseconds} }, () => { process.stdout.write('reached'); process.exit(0) })
    .on('timeout', () => process.exit(1)).on('error', error => { process.stdout.write(error.code ?? 'refused'); process.exit(1) })
`

function byChild(node: string, address: string, port: number): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(node, ['-e', childScript, address, String(port)], { stdio: ['ignore', 'pipe', 'ignore'], timeout: childPatienceMilliseconds, killSignal: 'SIGKILL', windowsHide: true, env: {} })
    let said = ''
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
    child.once('error', reject)
    child.once('close', () => resolve(said === 'reached' ? reached : { outcome: 'refused', by: said || 'no answer' }))
  })
}
