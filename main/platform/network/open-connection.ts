import { once } from 'node:events'
import type { Socket } from 'node:net'
import { AppError } from '#shared/errors.ts'
import type { LedgerCounts } from '../ledger/ledger.ts'
import type { EgressTarget } from './egress-target.ts'
import { failureReason } from './failure-words.ts'
import type { EgressLimits } from './network-door.ts'

interface Hop {
  asked: EgressTarget & { feature: string }
  /** Allowed by the person's word for this request alone. */
  isOnce: boolean
  count: (counts: LedgerCounts) => void
}

const countMilliseconds = 1000
const connectMilliseconds = 10_000

/** One request on its way, over all its redirects: its clock, its sockets, and why it was stopped. */
export class OpenConnection {
  readonly host: string
  current: Hop | null = null
  readonly #stopped = new AbortController()
  readonly #limits: EgressLimits
  readonly #ends: (() => void)[] = []
  #left: number
  #since = 0
  #timer: ReturnType<typeof setTimeout> | null = null
  #counter: ReturnType<typeof setInterval> | null = null
  #socket: Socket | null = null
  #isEnded = false

  constructor(host: string, limits: EgressLimits, signal: AbortSignal | undefined) {
    this.host = host
    this.#limits = limits
    this.#left = limits.totalMilliseconds
    const abort = (): void => this.stop(signal?.reason)
    if (signal?.aborted) abort()
    signal?.addEventListener('abort', abort)
    this.onEnd(() => signal?.removeEventListener('abort', abort))
    this.#run()
  }

  onEnd(listener: () => void): void {
    this.#ends.push(listener)
  }

  /** The clock of the request stands still meanwhile. */
  async whilePersonDecides<T>(ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.#pause()
    try {
      return await ask(this.#stopped.signal)
    } finally {
      this.#run()
    }
  }

  beginHop(hop: Hop): void {
    this.current = hop
    this.#counter = setInterval(() => this.#count(false), countMilliseconds).unref()
  }

  use(socket: Socket, idleMilliseconds: number): void {
    this.#socket = socket
    // Also when nobody listens any more: an error that nobody hears would end the host.
    socket.on('error', () => undefined)
    socket.setTimeout(idleMilliseconds, () => this.stop(new AppError('EGRESS_TIMED_OUT', { host: this.host, seconds: Math.ceil(idleMilliseconds / 1000) })))
    if (this.#stopped.signal.aborted) socket.destroy()
  }

  async connected(socket: Socket): Promise<void> {
    if (!socket.connecting && socket.readyState === 'open') return
    const patience = AbortSignal.timeout(Math.min(connectMilliseconds, this.#limits.totalMilliseconds))
    try {
      await once(socket, 'connect', { signal: AbortSignal.any([this.#stopped.signal, patience]) })
    } catch (error) {
      throw patience.aborted ? new AppError('EGRESS_TIMED_OUT', { host: this.host, seconds: connectMilliseconds / 1000 }) : error
    }
  }

  async unlessStopped<T>(work: Promise<T>): Promise<T> {
    const { signal } = this.#stopped
    // Nobody may wait for it any more.
    work.catch(() => undefined)
    signal.throwIfAborted()
    return await new Promise<T>((resolve, reject) => {
      const stop = (): void => reject(signal.reason)
      signal.addEventListener('abort', stop, { once: true })
      void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
    })
  }

  throwIfStopped(): void {
    this.#stopped.signal.throwIfAborted()
  }

  /** Cuts the connection; whoever waits or reads gets `reason`. */
  stop(reason: unknown): void {
    if (this.#isEnded || this.#stopped.signal.aborted) return
    this.#stopped.abort(reason)
    this.#socket?.destroy()
  }

  endHop(): void {
    if (this.#counter) clearInterval(this.#counter)
    this.#counter = null
    this.#socket?.destroy()
    this.#count(true)
    this.current = null
    this.#socket = null
  }

  /** What to throw for an error that came up: why the connection was stopped, if it was, else what the system says in words. */
  fail(error: unknown, host: string): unknown {
    const isStopped = this.#stopped.signal.aborted
    const reason: unknown = this.#stopped.signal.reason
    this.end()
    if (isStopped) return reason
    return error instanceof AppError ? error : new AppError('EGRESS_FAILED', { host, reason: failureReason(error) }, { cause: error })
  }

  end(): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#pause()
    this.endHop()
    for (const listener of this.#ends) listener()
  }

  #count(isEnded: boolean): void {
    this.current?.count({ bytesIn: this.#socket?.bytesRead ?? 0, bytesOut: this.#socket?.bytesWritten ?? 0, isEnded })
  }

  #run(): void {
    this.#since = performance.now()
    const { totalMilliseconds } = this.#limits
    this.#timer = setTimeout(() => this.stop(new AppError('EGRESS_TIMED_OUT', { host: this.host, seconds: Math.ceil(totalMilliseconds / 1000) })), this.#left)
  }

  #pause(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    this.#left = Math.max(0, this.#left - (performance.now() - this.#since))
  }
}
