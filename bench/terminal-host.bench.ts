import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { spawn } from 'node-pty'
import type { Client } from '#shared/contract/index.ts'
import { connect } from '../tests/support/socket-client.ts'
import { startTestApp } from '../tests/support/test-host.ts'
import { figure, ratiosOfPairs, type Figure } from './figure.ts'

const pairs = 7
const inFlightLimitBytes = 128 * 1024
const line = `${'0123456789abcdef'.repeat(6)}!\n`
const lines = Math.ceil(50_000_000 / line.length)
const bytes = lines * line.length

interface Named {
  workspaceId: string
  terminalId: string
}

/** A flood from a shell through pty worker, host and WebSocket to a client that acknowledges, over node-pty alone in this process. */
export async function run(): Promise<Figure[]> {
  const test = await startTestApp({ 'model.loadAtStart': false, 'terminal.shell': '/bin/sh' })
  const { client, close } = await connect(test.http)
  try {
    const folder = test.makeFolder('workspace')
    const file = join(folder, 'flood.txt')
    writeFileSync(file, line.repeat(lines))
    const { id: workspaceId } = await client.workspaces.open({ path: folder })
    const { id: terminalId } = await client.terminals.create({ workspaceId, columns: 80, rows: 24 })
    const named = { workspaceId, terminalId }
    await client.terminals.write({ ...named, data: 'stty -echo -onlcr\r' })
    await sleep(200)
    const rates: number[] = []
    let lost = 0
    const ratios = await ratiosOfPairs(
      pairs,
      async () => {
        const { megabytesPerSecond, received } = await flood(client, named)
        rates.push(megabytesPerSecond)
        lost = Math.max(lost, bytes - received)
        return megabytesPerSecond
      },
      () => bare(file),
    )
    const { most, delays } = await interrupted(client, named)
    const note = 'client, host and reader of the peer share one process'
    return [
      figure(rates, { name: 'terminal: shell to a WebSocket client', unit: 'MB/s', note }),
      figure(ratios, { name: 'terminal: the same over node-pty alone', unit: 'ratio', note }),
      figure([lost], { name: 'terminal: bytes lost', unit: 'bytes', atMost: 0 }),
      figure(most, { name: 'terminal: unacknowledged at most', unit: 'bytes', atMost: inFlightLimitBytes }),
      figure(delays, { name: 'terminal: Ctrl-C to the signal, during a flood', unit: 'ms', atMost: 100 }),
    ]
  } finally {
    // The last acknowledgements are answered first.
    await sleep(100)
    close()
    await test.dispose()
  }
}

async function flood(client: Client, named: Named): Promise<{ megabytesPerSecond: number; received: number }> {
  const stream = await client.terminals.attach(named)
  let attachmentId = ''
  let received = 0
  let tail = ''
  const startedAt = performance.now()
  for await (const event of stream) {
    if (event.type === 'snapshot') {
      ;({ attachmentId } = event)
      await client.terminals.write({ ...named, data: 'cat flood.txt; printf do""ne\r' })
    } else if (event.type === 'data') {
      received += event.data.length
      tail = (tail + event.data).slice(-50)
      void client.terminals.acknowledge({ ...named, attachmentId, position: event.position }).catch(() => undefined)
      if (tail.includes('done')) break
    }
  }
  return { megabytesPerSecond: received / 1000 / (performance.now() - startedAt), received }
}

/** The limit of any terminal here: node-pty read in this process, nothing done with it. */
function bare(file: string): Promise<number> {
  return new Promise(resolve => {
    const startedAt = performance.now()
    let received = 0
    const terminal = spawn('/bin/sh', ['-c', `stty -onlcr; cat ${file}`], { cols: 80, rows: 24 })
    terminal.onData(text => (received += text.length))
    terminal.onExit(() => resolve(received / 1000 / (performance.now() - startedAt)))
  })
}

/** Floods a reader that does not acknowledge, then presses Ctrl-C: what was sent, and how long until the shell noticed. */
async function interrupted(client: Client, named: Named): Promise<{ most: number[]; delays: number[] }> {
  const most: number[] = []
  const delays: number[] = []
  for (let round = 0; round < pairs; round++) {
    const leaving = new AbortController()
    let unread = 0
    const stream = await client.terminals.attach(named, { signal: leaving.signal })
    const reading = (async () => {
      for await (const event of stream) if (event.type === 'data') unread += Buffer.byteLength(event.data)
    })().catch(() => undefined)
    await client.terminals.write({ ...named, data: "trap 'date +stopped%s%N' INT; cat flood.txt\r" })
    await sleep(500)
    most.push(unread)
    const typedAt = Date.now()
    await client.terminals.write({ ...named, data: '\x03' })
    leaving.abort()
    await reading
    delays.push((await stoppedAt(client, named)) - typedAt)
  }
  return { most, delays }
}

async function stoppedAt(client: Client, named: Named): Promise<number> {
  let tail = ''
  let attachmentId = ''
  for await (const event of await client.terminals.attach(named)) {
    if (event.type === 'exit') break
    if (event.type === 'snapshot') ({ attachmentId } = event)
    else void client.terminals.acknowledge({ ...named, attachmentId, position: event.position }).catch(() => undefined)
    tail = (tail + (event.type === 'snapshot' ? event.replay : event.data)).slice(-1000)
    const stopped = /stopped(\d{19})\n(?!.*stopped)/s.exec(tail)
    // Each round's line is read once: the next flood pushes it out of the replay.
    if (stopped) return Number(stopped[1]) / 1e6
  }
  return Number.NaN
}
