import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { connectToRunningHost } from '../../main/transport/control-client.ts'
import { controlPath } from '../../main/transport/control-path.ts'
import { childrenOf } from '../support/child-processes.ts'
import { isAlive, untilGone } from '../support/processes.ts'
import { rawHttp } from '../support/raw-http.ts'
import { startApp, type RunningApp, type StartOptions } from '../support/start-app.ts'

const root = join(import.meta.dirname, '..', '..')
const out = join(root, process.env['CORTEX_OUT'] ?? 'out', 'main')
const cleanups: (() => unknown)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function start(options: StartOptions = {}): Promise<RunningApp> {
  const app = await startApp(options)
  cleanups.push(() => app.dispose())
  return app
}

function makeFolder(): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'cortex-host-')))
  cleanups.push(() => rmSync(path, { recursive: true, force: true, maxRetries: 5 }))
  return path
}

interface Ended {
  code: number | null
  output: string
  errors: string
}

async function runToEnd(entry: string, options: readonly string[], environment: Record<string, string>): Promise<Ended> {
  const child = spawn(process.execPath, [join(out, entry), ...options], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...environment } })
  let output = ''
  let errors = ''
  child.stdout.on('data', chunk => (output += String(chunk)))
  child.stderr.on('data', chunk => (errors += String(chunk)))
  return await new Promise(resolve => child.on('close', code => resolve({ code, output, errors })))
}

/** Starts a shell and the model in a host; their process ids. */
async function useWorkers(app: RunningApp): Promise<{ shell: number; workers: number[] }> {
  const connection = await connectToRunningHost(controlPath(app.home))
  const { client } = connection!
  const workspaceId = new URLSearchParams(new URL(app.url).hash.slice(1)).get('workspace')!
  const terminal = await client.terminals.create({ workspaceId, columns: 80, rows: 24 })
  await client.terminals.write({ workspaceId, terminalId: terminal.id, data: 'sleep 300\r' })
  await client.models.load({ id: (await client.models.list()).find(model => model.isStarter)!.id })
  connection!.close()
  return { shell: terminal.pid, workers: childrenOf(app.pid) }
}

describe('the host as a process', () => {
  test.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)('%s leaves no worker and no shell behind', async signal => {
    const app = await start()
    const { shell, workers } = await useWorkers(app)
    expect(workers.length).toBeGreaterThanOrEqual(2)
    expect(isAlive(shell)).toBe(true)
    await app.stop(signal)
    for (const pid of [shell, ...workers]) expect(await untilGone(pid, 5000), `process ${pid} is gone`).toBe(true)
    if (signal !== 'SIGKILL') expect(app.process.exitCode).toBe(0)
  })

  test('two starts at once: one serves, the other hands its folder over and ends with 0', async () => {
    const home = makeFolder()
    const folders = [makeFolder(), makeFolder()]
    const children = folders.map(folder => spawn(process.execPath, [join(out, 'serve.js'), folder, '--json'], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, CORTEX_HOME: home } }))
    cleanups.push(() => children.forEach(child => child.kill('SIGKILL')))
    const lines = await Promise.all(children.map(child => new Promise<{ url: string; token: string; pid: number }>((resolve, reject) => {
      child.stdout.once('data', chunk => resolve(JSON.parse(String(chunk))))
      child.once('exit', code => (code === 0 ? undefined : reject(new Error(`ended with ${code}`))))
    })))
    expect(new Set(lines.map(line => line.pid)).size).toBe(1)
    const loser = children.find(child => child.pid !== lines[0]!.pid)!
    if (loser.exitCode === null) await new Promise(resolve => loser.once('exit', resolve))
    expect(loser.exitCode).toBe(0)
    expect(new Set(lines.map(line => line.token)).size).toBe(1)
    const codes = lines.map(line => new URLSearchParams(new URL(line.url).hash.slice(1)))
    expect(new Set(codes.map(code => code.get('code'))).size).toBe(2)
    expect(new Set(codes.map(code => code.get('workspace'))).size).toBe(2)
    const { port } = new URL(lines[0]!.url)
    const answer = await rawHttp(Number(port), { path: '/api/v1/workspaces/recent', headers: { authorization: `Bearer ${lines[0]!.token}` } })
    expect(JSON.parse(answer.body).map((recent: { path: string }) => recent.path).sort()).toEqual([...folders].sort())
  })

  test('a host that was killed leaves its profile free, its socket included', async () => {
    const first = await start()
    await first.stop('SIGKILL')
    const second = await start({ home: first.home, folder: first.folder })
    expect(second.pid).not.toBe(first.pid)
    const connection = await connectToRunningHost(controlPath(first.home))
    expect((await connection!.client.app.info()).pid).toBe(second.pid)
    connection!.close()
  })

  test('a build asks whether a host runs, so that it is not built over', async () => {
    const app = await start()
    const answer = (): number | null => spawnSync(process.execPath, [join(root, 'tools', 'host-running.mjs')], { env: { ...process.env, CORTEX_HOME: app.home } }).status
    expect(answer()).toBe(0)
    await app.stop('SIGKILL')
    expect(answer()).toBe(1)
  })

  test.skipIf(process.platform === 'win32')(`nobody else may use the socket, the lock or the folder${process.platform === 'win32' ? ' (skipped: Windows has no modes of files)' : ''}`, async () => {
    const app = await start()
    expect(statSync(app.home).mode & 0o777).toBe(0o700)
    expect(statSync(join(app.home, 'control.sock')).mode & 0o777).toBe(0o600)
    await app.stop()
    expect(existsSync(join(app.home, 'control.sock'))).toBe(false)
  })

  test('a state folder with a long path has its socket elsewhere', async () => {
    const home = join(makeFolder(), 'x'.repeat(120))
    const app = await start({ home })
    expect(Buffer.byteLength(controlPath(home))).toBeLessThan(104)
    const connection = await connectToRunningHost(controlPath(home))
    expect((await connection!.client.app.info()).pid).toBe(app.pid)
    connection!.close()
  })

  test('a port that is taken is told in three lines', async () => {
    const other = createServer()
    await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve))
    cleanups.push(() => other.close())
    const { port } = other.address() as { port: number }
    const ended = await runToEnd('serve.js', ['--json', '--port', String(port)], { CORTEX_HOME: makeFolder() })
    expect(ended.code).toBe(1)
    expect(ended.output).toBe('')
    expect(ended.errors.trim().split('\n')).toHaveLength(3)
    expect(ended.errors).toContain(`Port ${port} is taken.`)
  })

  test.each([['a folder that is missing', 'nowhere', 'not found'], ['a file', 'file.txt', 'not a folder']])('%s is told in three lines, also by a running host', async (_what, name, words) => {
    const folder = makeFolder()
    writeFileSync(join(folder, 'file.txt'), '')
    const alone = await runToEnd('serve.js', [join(folder, name), '--json'], { CORTEX_HOME: join(folder, 'state') })
    const app = await start()
    const beside = await runToEnd('serve.js', [join(folder, name), '--json'], { CORTEX_HOME: app.home })
    for (const ended of [alone, beside]) {
      expect(ended.code).toBe(1)
      expect(ended.output).toBe('')
      expect(ended.errors.trim().split('\n')).toHaveLength(3)
      expect(ended.errors).toContain(words)
    }
  })

  test('a start prints exactly one line and nothing else', async () => {
    const app = await start()
    const again = await runToEnd('serve.js', ['--json'], { CORTEX_HOME: app.home })
    expect(again).toMatchObject({ code: 0, errors: '' })
    expect(again.output.trimEnd().split('\n')).toHaveLength(1)
    expect(Object.keys(JSON.parse(again.output))).toEqual(['url', 'token', 'pid'])
    expect(JSON.parse(again.output).url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#code=[\w-]{43}$/)
  })
})
