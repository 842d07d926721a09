import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withoutNetwork } from '../../tools/no-network.mjs'
import { noTracingBecause, outsideCalls, tracing } from '../../tools/trace-calls.mjs'
import { connectToRunningHost } from '../../main/transport/control-client.ts'
import { controlPath } from '../../main/transport/control-path.ts'

const root = join(import.meta.dirname, '..', '..')
const out = join(root, process.env['CORTEX_OUT'] ?? 'out', 'main')
const workspace = join(root, 'tests', 'fixtures', 'workspace')
const { prefix, reason } = withoutNetwork()
const strace = noTracingBecause()

let folder = ''
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'cortex-offline-')))
})
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))

const home = (name: string): Record<string, string | undefined> => ({ ...process.env, CORTEX_HOME: join(folder, name) })

describe.skipIf(!prefix)(`with the network unplugged${reason ? ` (skipped: ${reason})` : ''}`, () => {
  const run = (entry: string, options: string[]): string => execFileSync(prefix![0]!, [...prefix!.slice(1), process.execPath, join(out, entry), ...options], { encoding: 'utf8', env: home('unplugged'), timeout: 120_000, stdio: ['ignore', 'pipe', 'pipe'] })

  test('the prefix does take the network away, and loopback is there', () => {
    const script = "const net = require('net'); net.connect(80, '192.0.2.1').on('error', error => console.log(error.code)); net.createServer().listen(0, '127.0.0.1', function () { console.log('loopback'); this.close() })"
    const said = execFileSync(prefix![0]!, [...prefix!.slice(1), process.execPath, '-e', script], { encoding: 'utf8' })
    expect(said).toContain('loopback')
    expect(said).toMatch(/ENETUNREACH|EHOSTUNREACH/)
  })

  test('a question is answered on the command line', { timeout: 150_000 }, () => {
    const answer = run('cli.js', ['ask', 'Write a TypeScript function that reverses a string.', '--max-tokens', '60', '--temperature', '0'])
    expect(answer.length).toBeGreaterThan(40)
    expect(answer).toContain('function')
  })

  test('a place in a file is completed', { timeout: 150_000 }, () => {
    expect(JSON.parse(run('cli.js', ['complete', '--file', join(workspace, 'src/track/distance.ts'), '--line', '3', '--column', '1', '--json'])).tokens).toBeGreaterThan(0)
  })
})

describe.skipIf(strace !== null)(`every call that could send${strace ? ` (skipped: ${strace})` : ''}`, () => {
  test('the reading of a trace finds an address outside', () => {
    const bad = ['connect(3, {sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr("93.184.216.34")}, 16) = -1', 'sendto(5, "x", 1, 0, {sa_family=AF_INET6, sin6_port=htons(53), inet_pton(AF_INET6, "2606:4700::1111", &sin6_addr)}, 28) = 1']
    const good = ['connect(3, {sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr("127.0.0.1")}, 16) = 0', 'connect(3, {sa_family=AF_UNIX, sun_path="/run/x"}, 9) = 0', 'sendmsg(4, {msg_name=NULL}, 0) = 5']
    expect(outsideCalls([...bad, ...good].join('\n'))).toEqual(bad)
  })

  test('the host, a shell and the model send nothing outside this machine', { timeout: 240_000 }, async () => {
    const trace = join(folder, 'trace')
    const [program = '', ...before] = tracing(trace)
    const child = spawn(program, [...before, process.execPath, join(out, 'serve.js'), workspace, '--json'], { env: home('traced'), stdio: ['ignore', 'pipe', 'pipe'] })
    try {
      const line = await new Promise<{ url: string; pid: number }>((resolve, reject) => {
        child.stdout.once('data', chunk => resolve(JSON.parse(String(chunk))))
        child.once('exit', code => reject(new Error(`The traced host ended with ${code}`)))
      })
      const workspaceId = new URLSearchParams(new URL(line.url).hash.slice(1)).get('workspace')!
      await fetch(`http://127.0.0.1:${new URL(line.url).port}/`)
      const { client, close } = (await connectToRunningHost(controlPath(join(folder, 'traced'))))!
      await client.terminals.create({ workspaceId, columns: 80, rows: 24 })
      await client.files.find({ workspaceId, query: 'a' })
      let text = ''
      for await (const event of await client.chat.ask({ prompt: 'Say something.', maxTokens: 8 })) if (event.type === 'text-delta') text += event.text
      expect(text).not.toBe('')
      // Refused before anything is looked up: not even a resolver hears of it.
      await expect(client.egress.try({ url: 'https://example.org/' })).rejects.toMatchObject({ code: 'EGRESS_REFUSED' })
      await client.egress.setMode({ mode: 'list' })
      for (const url of ['https://example.org/', 'http://169.254.169.254/', 'http://2852039166/', 'http://[::ffff:8.8.8.8]/']) await expect(client.egress.try({ url })).rejects.toMatchObject({ code: 'EGRESS_REFUSED' })
      expect((await client.ledger.list({ who: 'try', limit: 10 })).entries).toHaveLength(5)
      close()
      process.kill(line.pid, 'SIGTERM')
      await new Promise(resolve => child.once('exit', resolve))
    } finally {
      child.kill('SIGKILL')
    }
    const calls = readFileSync(trace, 'utf8')
    // The trace is no proof when it saw nothing: a listener answers, a worker was spoken to.
    expect(calls.split('\n').length).toBeGreaterThan(5)
    expect(new Set(calls.match(/^\d+/gm)).size).toBeGreaterThan(1)
    console.log(`${calls.split('\n').length - 1} calls of ${new Set(calls.match(/^\d+/gm)).size} threads traced, ${(calls.match(/sa_family=AF_INET/g) ?? []).length} with an internet address`)
    expect(outsideCalls(calls)).toEqual([])
  })
})
