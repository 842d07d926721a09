import { spawn, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { cpSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openInRunningHost } from '../../main/transport/control-client.ts'
import { controlPath } from '../../main/transport/control-path.ts'
import { nodeOptions } from '../../tools/project.mjs'
import { tracing } from '../../tools/trace-calls.mjs'

const root = join(import.meta.dirname, '..', '..')
const startMilliseconds = 60_000

export interface StartOptions {
  /** Folder to open; by default a fresh copy of tests/fixtures/workspace. Null opens none. */
  folder?: string | null
  /** State folder; by default a fresh one. Give that of an earlier app to restart it. */
  home?: string
  options?: readonly string[]
  environment?: Record<string, string>
}

export interface RunningApp {
  /** Address with a single-use code: good for one `page.goto`. */
  url: string
  /** Bearer for REST, and token for the WebSocket. */
  token: string
  pid: number
  port: number
  folder: string | null
  home: string
  process: ChildProcess
  /** What it has written to stderr so far. */
  errors: () => string
  /** Another line of the same host, with a fresh code: for a second page. */
  mintUrl: () => Promise<string>
  /** Ends the host and waits for it; what it was given or made for it on disk stays. */
  stop: (signal?: NodeJS.Signals) => Promise<void>
  /** Ends the host and removes the folders that were made for it. */
  dispose: () => Promise<void>
}

/** Starts the built host (`out/main/serve.js`) with a profile and a workspace of its own. */
export async function startApp({ folder, home, options = [], environment = {} }: StartOptions = {}): Promise<RunningApp> {
  const made: string[] = []
  const make = (name: string): string => {
    const path = realpathSync(mkdtempSync(join(tmpdir(), `cortex-${name}-`)))
    made.push(path)
    return path
  }
  const state = home ?? make('home')
  const opened = folder === undefined ? make('workspace') : folder
  if (folder === undefined && opened !== null) cpSync(join(root, 'tests', 'fixtures', 'workspace'), opened, { recursive: true })

  const words: string[] = [...traced(), process.execPath, ...nodeOptions, join(root, process.env['CORTEX_OUT'] ?? 'out', 'main', 'serve.js')]
  const [program = '', ...before] = words
  const child = spawn(program, [...before, ...(opened === null ? [] : [opened]), '--json', '--no-open', ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // A plain shell reads no startup files of whoever runs the tests: they may wait, and killed among them they leave locks behind.
    env: { ...process.env, SHELL: '/bin/sh', CORTEX_KEYCHAIN: 'off', CORTEX_HOME: state, CORTEX_SAFE_MODE: 'off', ...environment },
  })
  let errors = ''
  child.stderr?.on('data', chunk => (errors += String(chunk)))
  const line = await firstLine(child, () => errors)
  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise(resolve => child.once('exit', resolve))
    child.kill(signal)
    const hung = setTimeout(() => child.kill('SIGKILL'), 10_000)
    await ended
    clearTimeout(hung)
  }
  return {
    ...line,
    port: Number(new URL(line.url).port),
    folder: opened,
    home: state,
    process: child,
    errors: () => errors,
    mintUrl: async () => {
      const second = await openInRunningHost(controlPath(state), opened)
      if (second === null) throw new Error('The host does not listen for a second start.')
      return second.url
    },
    stop,
    dispose: async () => {
      await stop()
      for (const path of made) rmSync(path, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** Where `CORTEX_TRACES` names a folder, each host and all it starts leave a trace there of what they send. */
function traced(): string[] {
  const folder = process.env['CORTEX_TRACES']
  return folder ? tracing(join(folder, `${randomUUID()}.trace`)) : []
}

interface Line {
  url: string
  token: string
  pid: number
}

async function firstLine(child: ChildProcess, errors: () => string): Promise<Line> {
  return await new Promise((resolve, reject) => {
    let output = ''
    const late = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`The host was not ready within ${startMilliseconds / 1000} s: ${errors()}`))
    }, startMilliseconds)
    child.stdout?.on('data', chunk => {
      output += String(chunk)
      const end = output.indexOf('\n')
      if (end < 0) return
      clearTimeout(late)
      resolve(JSON.parse(output.slice(0, end)) as Line)
    })
    child.once('exit', code => {
      clearTimeout(late)
      reject(new Error(`The host ended with ${code}: ${errors()}`))
    })
  })
}
