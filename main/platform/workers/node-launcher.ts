import { fork, type ChildProcess } from 'node:child_process'
import { constants } from 'node:os'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import type { Log } from '../log/log.ts'
import { statusDescriptor } from './bubblewrap.ts'
import { confinedPid } from './confined-pid.ts'
import type { Confiner, Enforced } from './confinement.ts'
import { nodeExecutable } from './node-executable.ts'
import { untilGone } from './process-end.ts'
import { programParts } from './program-parts.ts'
import { SystemConfiner } from './system-confiner.ts'
import { workerEntry } from './worker-entry.ts'
import { workerEnvironment } from './worker-environment.ts'
import type { WorkerExit, WorkerLauncher, WorkerProcess, WorkerSpec } from './worker-launcher.ts'

/** How long frames that were on their way may still arrive after the process has ended. */
const drainMilliseconds = 200
const goneMilliseconds = 1000
const lineLimit = 500
const linesLimit = 100
/** A parent that stands for a process that a signal ended says so by its exit code. */
const signalExitBase = 128

interface NodeLauncherOptions {
  log: Log
  /** File to start for an entry. */
  resolveEntry?: (entry: string) => string
  confiner?: Confiner
}

/** Starts workers as processes of a plain Node, with a cleaned environment, and confined as far as the system can. */
export class NodeLauncher implements WorkerLauncher {
  readonly #log: Log
  readonly #resolveEntry: (entry: string) => string
  readonly #confiner: Confiner

  constructor({ log, resolveEntry = workerEntry, confiner = new SystemConfiner() }: NodeLauncherOptions) {
    this.#log = log
    this.#resolveEntry = resolveEntry
    this.#confiner = confiner
  }

  async launch(spec: WorkerSpec): Promise<WorkerProcess> {
    const executable = nodeExecutable()
    const entry = this.#resolveEntry(spec.entry)
    const { before, enforced, isParent } = await this.#confiner.confine(spec.confinement, { executable, parts: programParts(entry) })
    if (enforced.reason !== null) this.#log.warn('The system confines a worker less than was asked for', { worker: spec.name, by: enforced.by, reason: enforced.reason })
    const [first, ...rest] = before
    const child = fork(entry, [], {
      execPath: first ?? executable,
      execArgv: [...rest, ...(first === undefined ? [] : [executable]), `--title=cortex-${spec.name}`, '--disable-sigusr1'],
      env: workerEnvironment(process.env, spec.env),
      serialization: 'advanced',
      // A parent that stands between would die of a terminal's Ctrl-C, which a worker must survive until the host ends it.
      detached: isParent,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc', ...(isParent ? (['pipe'] as const) : [])],
    })
    const own = await started(child)
    this.#follow(child, spec)
    // A pipe that this asked for can be read.
    const pid = isParent ? await confinedPid(child.stdio[statusDescriptor] as Readable) : own
    return new NodeWorkerProcess(child, pid, enforced)
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
  readonly enforced: Enforced
  readonly #child: ChildProcess
  readonly #exit: Promise<WorkerExit>

  constructor(child: ChildProcess, pid: number, enforced: Enforced) {
    this.#child = child
    this.pid = pid
    this.enforced = enforced
    this.#exit = new Promise(resolve => {
      const ended = (code: number | null, signal: string | null): void => {
        const exit = pid === child.pid ? { code, signal } : exitOfChild(code, signal)
        if (!child.connected) return resolve(exit)
        const timer = setTimeout(() => resolve(exit), drainMilliseconds)
        child.once('disconnect', () => {
          clearTimeout(timer)
          resolve(exit)
        })
      }
      if (child.exitCode !== null || child.signalCode !== null) ended(child.exitCode, child.signalCode)
      else child.once('exit', ended)
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
    if (graceMilliseconds > 0) this.#terminate()
    else this.#child.kill('SIGKILL')
    // The parent that confines it takes it along.
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), graceMilliseconds)
    await this.#exit
    clearTimeout(timer)
    // What confines a process ends before it: its memory is free only once it has ended too.
    if (this.pid !== this.#child.pid) await untilGone(this.pid, goneMilliseconds)
  }

  #terminate(): void {
    if (this.pid === this.#child.pid) {
      this.#child.kill('SIGTERM')
      return
    }
    try {
      process.kill(this.pid, 'SIGTERM')
    } catch {
      // It has gone, or the system hides it; the parent's end is its end.
      this.#child.kill('SIGKILL')
    }
  }
}

function exitOfChild(code: number | null, signal: string | null): WorkerExit {
  if (code === null || code <= signalExitBase) return { code, signal }
  const name = Object.entries(constants.signals).find(([, number]) => number === code - signalExitBase)?.[0]
  return name === undefined ? { code, signal } : { code: null, signal: name }
}
