import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Client } from '#shared/contract/index.ts'
import type { Terminal, TerminalOutput } from '#shared/contract/terminals.ts'
import { childrenOf, isAlive, untilGone } from '../support/processes.ts'
import { connect } from '../support/socket-client.ts'
import { startTestApp, type TestApp } from '../support/test-host.ts'

const isSupported = process.platform !== 'win32'
const inFlightBytes = 128 * 1024

let test: TestApp
let client: Client
let close: () => void
let workspaceId: string
let folder: string
const controller = new AbortController()
const { signal } = controller

beforeAll(async () => {
  test = await startTestApp({ 'model.loadAtStart': false, 'terminal.shell': '/bin/sh' })
  ;({ client, close } = await connect(test.http))
  folder = test.makeFolder('workspace')
  workspaceId = (await client.workspaces.open({ path: folder })).id
})
afterAll(async () => {
  controller.abort()
  await sleep(50)
  close()
  await test.dispose()
})

const start = () => client.terminals.create({ workspaceId, columns: 80, rows: 24 })
const named = (terminal: Terminal) => ({ workspaceId, terminalId: terminal.id })
const failure = (promise: Promise<unknown>) => promise.then(
  value => ({ value }),
  (error: unknown) => error,
)

async function list(): Promise<Terminal[]> {
  for await (const event of await client.terminals.watch({ workspaceId })) return event.terminals
  return []
}

/** Reads and acknowledges; `on` sees each event before it is acknowledged, and ends the reading by `true`. */
async function read(terminal: Terminal, on: (event: TerminalOutput, text: string) => boolean | void): Promise<string> {
  let text = ''
  let attachmentId = ''
  for await (const event of await client.terminals.attach(named(terminal), { signal })) {
    if (event.type === 'snapshot') ({ attachmentId } = event)
    if (event.type !== 'exit') text += event.type === 'snapshot' ? event.replay : event.data
    if (on(event, text)) break
    if (event.type === 'data') void client.terminals.acknowledge({ ...named(terminal), attachmentId, position: event.position })
  }
  return text
}

describe.skipIf(!isSupported)(`terminals over processes${isSupported ? '' : ' (skipped: Windows has no signals)'}`, () => {
  it('show what was typed and how the shell ended', async () => {
    const terminal = await start()
    await client.terminals.write({ ...named(terminal), data: 'echo one""two; exit 5\r' })
    const events: TerminalOutput[] = []
    expect(await read(terminal, event => void events.push(event))).toContain('onetwo')
    expect(events.at(-1)).toEqual({ type: 'exit', code: 5, signal: null })
    expect(await list()).toMatchObject([{ id: terminal.id, exit: { reason: 'shell-ended', code: 5 } }])
    await client.terminals.close(named(terminal))
    expect(await list()).toEqual([])
  })

  it('keep their screen over a new attachment, as a page that reloads makes it', async () => {
    const terminal = await start()
    await client.terminals.write({ ...named(terminal), data: 'echo before""hand\r' })
    await read(terminal, (_, text) => text.includes('beforehand'))
    await client.terminals.write({ ...named(terminal), data: 'echo mean""while\r' })
    await vi.waitFor(async () => expect(await read(terminal, event => event.type === 'snapshot')).toMatch(/^\x1bc[\s\S]*beforehand[\s\S]*meanwhile/), { timeout: 20_000 })
    await client.terminals.close(named(terminal))
    expect(await untilGone(terminal.pid, 1000)).toBe(true)
  })

  it('lose nothing of a flood, have at most 128 kB in flight, and take a Ctrl-C within 100 ms in it', async () => {
    const size = 2_000_000
    const line = `${'0123456789abcdef'.repeat(6)}日\n`
    writeFileSync(join(folder, 'flood.txt'), line.repeat(Math.ceil(size / Buffer.byteLength(line))))
    const lines = Math.ceil(size / Buffer.byteLength(line))
    const terminal = await start()
    await client.terminals.write({ ...named(terminal), data: 'stty -echo -onlcr; cat flood.txt; echo do""ne\r' })
    let sent = 0
    let shown = 0
    let most = 0
    const whole = await read(terminal, (event, text) => {
      if (event.type === 'data') sent += Buffer.byteLength(event.data)
      most = Math.max(most, sent - shown)
      // What this page has drawn lies one chunk behind what it was sent.
      shown = event.type === 'data' ? sent - Buffer.byteLength(event.data) : shown
      return text.slice(-100).includes('done\n')
    })
    expect(whole.split(line).length - 1).toBe(lines)
    expect(most).toBeLessThanOrEqual(inFlightBytes)

    // A reader that never acknowledges: the shell rests, and no more than 128 kB have left.
    let unread = 0
    const stream = await client.terminals.attach(named(terminal), { signal })
    await stream.next()
    await client.terminals.write({ ...named(terminal), data: "trap 'date +%s%N; stty echo' INT; cat flood.txt flood.txt flood.txt\r" })
    void (async () => {
      for await (const event of stream) if (event.type === 'data') unread += Buffer.byteLength(event.data)
    })().catch(() => undefined)
    await vi.waitFor(() => expect(unread).toBeGreaterThan(inFlightBytes / 2), { timeout: 20_000 })
    await sleep(500)
    expect(unread).toBeLessThanOrEqual(inFlightBytes)
    const typedAt = Date.now()
    await client.terminals.write({ ...named(terminal), data: '\x03' })
    // A second reader lets the output go on once the first has left.
    await stream.return?.()
    const after = await read(terminal, (_, text) => /\d{19}\n/.test(text.slice(-4000)))
    const caughtAt = Number(/(\d{19})\n/.exec(after.slice(-4000))?.[1]) / 1e6
    expect(caughtAt - typedAt).toBeLessThan(100)
    await client.terminals.close(named(terminal))
  }, 90_000)

  it('end with a typed error when their worker is killed, leave no shell behind, and start again', async () => {
    const kind = await start()
    const stubborn = await start()
    await client.terminals.write({ ...named(stubborn), data: "trap '' HUP TERM; echo rea''dy\r" })
    await read(stubborn, (_, text) => text.includes('ready'))
    const stream = await client.terminals.attach(named(kind), { signal })
    await stream.next()
    const ended = failure((async () => {
      for await (const event of stream) void event
    })())
    const [worker = 0] = childrenOf(process.pid, 'pty')
    const killedAt = performance.now()
    process.kill(worker, 'SIGKILL')
    expect(await ended).toMatchObject({ code: 'WORKER_CRASHED', data: { worker: 'pty', reason: 'signal SIGKILL' } })
    expect(performance.now() - killedAt).toBeLessThan(1000)
    expect(await list()).toMatchObject([{ exit: { reason: 'worker-crashed' } }, { exit: { reason: 'worker-crashed' } }])
    for (const { pid } of [kind, stubborn]) expect(await untilGone(pid, 4000)).toBe(true)
    const next = await start()
    await client.terminals.write({ ...named(next), data: 'echo al""ive\r' })
    await read(next, (_, text) => text.includes('alive'))
    for (const terminal of [kind, stubborn, next]) await client.terminals.close(named(terminal))
    expect(await list()).toEqual([])
  })

  it('leave neither worker nor shell nor job behind when the host is killed', async () => {
    const host = spawn(process.execPath, [join(import.meta.dirname, '../support/terminal-host.ts')], { stdio: ['ignore', 'pipe', 'inherit'] })
    const line = await new Promise<string>(resolve => host.stdout.once('data', (data: Buffer) => resolve(data.toString())))
    const { shell, job } = JSON.parse(line) as { shell: number; job: number }
    const [worker = 0] = childrenOf(host.pid ?? 0, 'pty')
    expect([worker, shell, job].every(pid => pid > 1 && isAlive(pid))).toBe(true)
    host.kill('SIGKILL')
    for (const pid of [worker, shell, job]) expect(await untilGone(pid, 2000)).toBe(true)
  })
})
