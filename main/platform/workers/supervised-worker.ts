import { createORPCClient } from '@orpc/client'
import type { AnyContractRouter, ContractRouterClient } from '@orpc/contract'
import { AppError } from '#shared/errors.ts'
import type { Clock } from '../clock/clock.ts'
import type { Log } from '../log/log.ts'
import type { Enforced } from './confinement.ts'
import { CrashHistory } from './crash-history.ts'
import type { WorkerExit, WorkerLauncher, WorkerSpec } from './worker-launcher.ts'
import { WorkerSession } from './worker-session.ts'

const beatCheckMilliseconds = 1000

export interface SupervisedWorkerOptions {
  launcher: WorkerLauncher
  clock: Clock
  log: Log
  spec: WorkerSpec
  /** A process that gives no sign of life for this many checks of one second is killed; 30 where it does not say. */
  missedBeatsAllowed?: number
}

export type WorkerState =
  | { status: 'idle' | 'starting' | 'running' | 'disposed' }
  /** Crashed; starts again by itself. */
  | { status: 'waiting'; milliseconds: number }
  /** Crashed too often; starts again when a person asks. */
  | { status: 'unavailable'; crashes: number }

export interface WorkerCrash {
  error: AppError<'WORKER_CRASHED'>
  /** Milliseconds until it starts again; null when it has crashed too often. */
  restartsIn: number | null
}

/**
 * A worker that starts at its first call, starts again after a crash (0.5, 1, 2, 4 s) and stops after three crashes in five minutes.
 * Calls in flight at a crash throw WORKER_CRASHED; calls made while it waits to start again wait with it; after the last crash they
 * throw WORKER_UNAVAILABLE until `restart()`.
 */
export class SupervisedWorker<C extends AnyContractRouter> {
  readonly client: ContractRouterClient<C>
  readonly #options: SupervisedWorkerOptions
  readonly #log: Log
  readonly #crashes = new CrashHistory()
  readonly #restartListeners = new Set<() => void>()
  readonly #crashListeners = new Set<(crash: WorkerCrash) => void>()
  #state: WorkerState = { status: 'idle' }
  #session: Promise<WorkerSession> | null = null
  #wake: () => void = () => undefined
  /** Counts lives, so that the end of an older one changes nothing. */
  #life = 0

  constructor(options: SupervisedWorkerOptions) {
    this.#options = options
    this.#log = options.log.scope(options.spec.name)
    this.client = createORPCClient<ContractRouterClient<C>>({
      call: async (path, input, callOptions) => {
        const session = await this.#ready(callOptions.signal)
        return session.call(path, input, callOptions)
      },
    })
  }

  get state(): WorkerState {
    return this.#state
  }

  /** Called after every start that follows a crash: whatever the former process held must be given to the new one. */
  onRestart(listener: () => void): () => void {
    this.#restartListeners.add(listener)
    return () => this.#restartListeners.delete(listener)
  }

  /** Called once per crash, after the calls in flight have failed. */
  onCrash(listener: (crash: WorkerCrash) => void): () => void {
    this.#crashListeners.add(listener)
    return () => this.#crashListeners.delete(listener)
  }

  /** The running process, for the process list and for proofs; null when none runs. */
  async process(): Promise<{ pid: number; enforced: Enforced } | null> {
    const session = await this.#session?.catch(() => null)
    return session ? { pid: session.process.pid, enforced: session.process.enforced } : null
  }

  /** Ends the process, forgets its crashes and starts it again. */
  async restart(): Promise<void> {
    await this.stop()
    this.#crashes.clear()
    await this.#ready(undefined)
    for (const listener of this.#restartListeners) listener()
  }

  /** Ends the process; the next call starts it again. Calls in flight throw WORKER_CRASHED. */
  async stop(graceMilliseconds?: number): Promise<void> {
    await this.#quit({ status: 'idle' }, graceMilliseconds)
  }

  /** Ends the process for good; later calls throw WORKER_CRASHED. */
  async dispose(graceMilliseconds?: number): Promise<void> {
    await this.#quit({ status: 'disposed' }, graceMilliseconds)
  }

  async #quit(state: WorkerState, graceMilliseconds?: number): Promise<void> {
    if (this.#state.status === 'disposed') return
    const pending = this.#session
    this.#session = null
    this.#life++
    this.#state = state
    this.#wake()
    const session = await pending?.catch(() => null)
    if (!session) return
    session.end(this.#crashed('it was stopped'))
    await session.process.stop(graceMilliseconds)
  }

  #ready(signal: AbortSignal | undefined): Promise<WorkerSession> {
    const { spec } = this.#options
    if (signal?.aborted) return Promise.reject(signal.reason)
    if (this.#state.status === 'disposed') return Promise.reject(this.#crashed('it was stopped'))
    if (this.#state.status === 'unavailable') return Promise.reject(new AppError('WORKER_UNAVAILABLE', { worker: spec.name, crashes: this.#state.crashes }))
    this.#session ??= this.#start(0)
    return signal ? abortable(this.#session, signal) : this.#session
  }

  #start(delay: number): Promise<WorkerSession> {
    const life = ++this.#life
    const session = (async () => {
      if (delay > 0) await this.#rest(delay)
      if (life !== this.#life) throw this.#crashed('it was stopped')
      this.#state = { status: 'starting' }
      return this.#launch(life)
    })()
    session.catch(() => undefined)
    return session
  }

  #rest(milliseconds: number): Promise<void> {
    return new Promise(resolve => {
      const timer = setTimeout(resolve, milliseconds)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  async #launch(life: number): Promise<WorkerSession> {
    const { launcher, spec } = this.#options
    try {
      const process = await launcher.launch(spec)
      const { missedBeatsAllowed = 30 } = this.#options
      let missedBeats = 0
      let isGivenUp = false
      const session = new WorkerSession(process, () => (missedBeats = 0))
      // Ticks, not time: a host that was suspended itself has missed no more than one.
      const watch = setInterval(() => {
        if (++missedBeats <= missedBeatsAllowed) return
        isGivenUp = true
        void process.stop(0)
      }, beatCheckMilliseconds)
      watch.unref()
      process.onExit(exit => {
        clearInterval(watch)
        // The signal is its own then, and says nothing of what was wrong.
        const error = this.#crashed(isGivenUp ? `it gave no sign of life for ${missedBeatsAllowed} seconds` : reasonOf(exit))
        session.end(error)
        this.#onEnd(life, error)
      })
      if (life === this.#life) this.#state = { status: 'running' }
      this.#log.info('Worker started', { pid: process.pid, enforcedBy: process.enforced.by })
      return session
    } catch (cause) {
      const error = this.#crashed('it could not be started', cause)
      this.#log.error('Worker could not be started', { reason: cause instanceof Error ? cause.message : String(cause) })
      this.#onEnd(life, error)
      throw error
    }
  }

  #onEnd(life: number, error: AppError<'WORKER_CRASHED'>): void {
    if (life !== this.#life) return
    const delay = this.#crashes.add(this.#options.clock.monotonic())
    this.#log.warn('Worker ended unasked', { reason: error.data.reason, crashes: this.#crashes.count, restartsIn: delay })
    if (delay === null) {
      this.#session = null
      this.#life++
      this.#state = { status: 'unavailable', crashes: this.#crashes.count }
    } else {
      this.#state = { status: 'waiting', milliseconds: delay }
      this.#session = this.#start(delay)
      this.#session.then(
        () => this.#restartListeners.forEach(listener => listener()),
        () => undefined,
      )
    }
    for (const listener of this.#crashListeners) listener({ error, restartsIn: delay })
  }

  #crashed(reason: string, cause?: unknown): AppError<'WORKER_CRASHED'> {
    return new AppError('WORKER_CRASHED', { worker: this.#options.spec.name, reason }, { cause })
  }
}

function reasonOf({ code, signal }: WorkerExit): string {
  return signal ? `signal ${signal}` : `exit code ${code ?? 'unknown'}`
}

function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error)
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
