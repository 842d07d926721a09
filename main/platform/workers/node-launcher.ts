import { fork, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Log } from '../log/log.ts'
import { findNetworkDenial, type NetworkDenial } from './network-denial.ts'
import { nodeExecutable } from './node-executable.ts'
import { workerEntry } from './worker-entry.ts'
import { workerEnvironment } from './worker-environment.ts'
import type { WorkerExit, WorkerLauncher, WorkerProcess, WorkerSpec } from './worker-launcher.ts'

/** How long frames that were on their way may still arrive after the process has ended. */
const drainMilliseconds = 200
const lineLimit = 500
const linesLimit = 100

interface NodeLauncherOptions {
  log: Log
  /** File to start for an entry. */
  resolveEntry?: (entry: string) => string
  findDenial?: () => Promise<NetworkDenial | null>
}

/** Starts workers as processes of a plain Node, with a cleaned environment and, where the system can, without a network. */
export class NodeLauncher implements WorkerLauncher {
  readonly #log: Log
  readonly #resolveEntry: (entry: string) => string
  readonly #findDenial: () => Promise<NetworkDenial | null>
  #denial: Promise<NetworkDenial | null> | null = null

  constructor({ log, resolveEntry = workerEntry, findDenial = findNetworkDenial }: NodeLauncherOptions) {
    this.#log = log
    this.#resolveEntry = resolveEntry
    this.#findDenial = findDenial
  }

  async launch(spec: WorkerSpec): Promise<WorkerProcess> {
    const node = nodeExecutable()
    const [program, ...before] = await this.#wrapper(spec, node)
    const child = fork(this.#resolveEntry(spec.entry), [], {
      execPath: program,
      execArgv: [...before, `--title=cortex-${spec.name}`],
      env: workerEnvironment(process.env, spec.env),
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    const pid = await started(child)
    this.#follow(child, spec)
    return new NodeWorkerProcess(child, pid, program !== node)
  }

  async #wrapper(spec: WorkerSpec, node: string): Promise<readonly [string, ...string[]]> {
    if (!spec.isNetworkDenied) return [node]
    this.#denial ??= this.#findDenial()
    const denial = await this.#denial
    if (!denial) this.#log.warn('The system offers no way to deny a worker the network', { worker: spec.name })
    return denial ? [...denial, node] : [node]
  }

  #follow(child: ChildProcess, spec: WorkerSpec): void {
    if (!child.stderr) return
    const log = this.#log.scope(spec.name)
    let lines = 0
    createInterface({ input: child.stderr }).on('line', line => {
      if (++lines <= linesLimit) log.debug(line.slice(0, lineLimit))
    })
  }
}

function started(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('spawn', () => {
      child.off('error', reject)
      // Sending to a process that has gone emits `error` too; its exit is what counts.
      child.on('error', () => undefined)
      if (child.pid === undefined) reject(new Error('The process has no id'))
      else resolve(child.pid)
    })
  })
}

class NodeWorkerProcess implements WorkerProcess {
  readonly pid: number
  readonly isNetworkDenied: boolean
  readonly #child: ChildProcess
  readonly #exit: Promise<WorkerExit>

  constructor(child: ChildProcess, pid: number, isNetworkDenied: boolean) {
    this.#child = child
    this.pid = pid
    this.isNetworkDenied = isNetworkDenied
    this.#exit = new Promise(resolve => {
      child.once('exit', (code, signal) => {
        const exit = { code, signal }
        if (!child.connected) return resolve(exit)
        const timer = setTimeout(() => resolve(exit), drainMilliseconds)
        child.once('disconnect', () => {
          clearTimeout(timer)
          resolve(exit)
        })
      })
    })
  }

  postMessage(frame: string | Uint8Array): void {
    if (this.#child.connected) this.#child.send(frame, () => undefined)
  }

  onMessage(listener: (frame: unknown) => void): void {
    this.#child.on('message', listener)
  }

  onExit(listener: (exit: WorkerExit) => void): void {
    void this.#exit.then(listener)
  }

  async stop(graceMilliseconds = 2000): Promise<void> {
    if (graceMilliseconds > 0) this.#child.kill('SIGTERM')
    else this.#child.kill('SIGKILL')
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), graceMilliseconds)
    await this.#exit
    clearTimeout(timer)
  }
}
