import type { AnyRouter } from '@orpc/server'
import { RPCHandler } from '@orpc/server/message-port'
import { asItIs, type Enforced } from './confinement.ts'
import type { WorkerExit, WorkerLauncher, WorkerProcess, WorkerSpec } from './worker-launcher.ts'

/** Serves routers in this process as if each were a worker; a test ends them as it likes. */
export class FakeLauncher implements WorkerLauncher {
  /** Every process that was launched, oldest first. */
  readonly processes: FakeProcess[] = []
  /** Set to make the next launches fail. */
  failure: Error | null = null
  readonly #routers: Record<string, () => AnyRouter>

  /** A router per entry, made anew for every launch, as a new process would. */
  constructor(routers: Record<string, () => AnyRouter>) {
    this.#routers = routers
  }

  get last(): FakeProcess {
    const process = this.processes.at(-1)
    if (!process) throw new Error('Nothing was launched')
    return process
  }

  async launch(spec: WorkerSpec): Promise<WorkerProcess> {
    if (this.failure) throw this.failure
    const router = this.#routers[spec.entry]
    if (!router) throw new Error(`No router for ${spec.entry}`)
    const process = new FakeProcess(spec, router(), 1000 + this.processes.length)
    this.processes.push(process)
    return process
  }
}

export class FakeProcess implements WorkerProcess {
  readonly pid: number
  readonly enforced: Enforced
  readonly spec: WorkerSpec
  readonly #toWorker: ((event: { data: unknown }) => void)[] = []
  readonly #toHost: ((frame: unknown) => void)[] = []
  readonly #exitListeners: ((exit: WorkerExit) => void)[] = []
  #exit: WorkerExit | null = null

  constructor(spec: WorkerSpec, router: AnyRouter, pid: number) {
    this.pid = pid
    this.spec = spec
    this.enforced = asItIs(null).enforced
    new RPCHandler(router).upgrade({
      on: (event, listener) => {
        if (event === 'message') this.#toWorker.push(listener)
        else if (event === 'close') this.#exitListeners.push(() => listener())
      },
      postMessage: (data: unknown) => this.send(data),
    })
  }

  /** A frame from the worker. */
  send(frame: unknown): void {
    queueMicrotask(() => {
      if (!this.#exit) for (const listener of this.#toHost) listener(frame)
    })
  }

  postMessage(frame: string | Uint8Array): void {
    queueMicrotask(() => {
      if (!this.#exit) for (const listener of this.#toWorker) listener({ data: frame })
    })
  }

  onMessage(listener: (frame: unknown) => void): void {
    this.#toHost.push(listener)
  }

  onExit(listener: (exit: WorkerExit) => void): void {
    this.#exitListeners.push(listener)
  }

  /** Ends as a crash would. */
  crash(exit: WorkerExit = { code: null, signal: 'SIGKILL' }): void {
    if (this.#exit) return
    this.#exit = exit
    for (const listener of this.#exitListeners) listener(exit)
  }

  async stop(graceMilliseconds = 2000): Promise<void> {
    this.crash(graceMilliseconds > 0 ? { code: 0, signal: null } : { code: null, signal: 'SIGKILL' })
  }
}
