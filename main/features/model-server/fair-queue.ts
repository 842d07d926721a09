import { AppError } from '#shared/errors.ts'

const leastRetryMilliseconds = 1000
const mostRetryMilliseconds = 60_000
/** How much the last call counts in how long calls take. */
const newestShare = 0.2

interface Waiter {
  start: () => void
  refuse: (error: Error) => void
}

interface Options {
  /** Calls of one model that run at the same time. */
  slots: () => number
  /** Calls that wait, over all models. */
  limit: () => number
  onChange: () => void
}

/** One line of waiting calls for each model; within it the clients take turns, so that one that asks a lot does not keep the others waiting. */
export class FairQueue {
  readonly #options: Options
  readonly #lines = new Map<string, Line>()
  #milliseconds = 1000

  constructor(options: Options) {
    this.#options = options
  }

  get waiting(): number {
    let sum = 0
    for (const line of this.#lines.values()) sum += line.waiting
    return sum
  }

  waitingFor(model: string): number {
    return this.#lines.get(model)?.waiting ?? 0
  }

  /** Waits for a turn and gives back how to end it. Throws SERVER_QUEUE_FULL, or the signal's reason. */
  async take(model: string, client: string, signal: AbortSignal): Promise<(milliseconds: number) => void> {
    signal.throwIfAborted()
    const line = this.#line(model)
    if (line.running < this.#options.slots() && line.waiting === 0) line.running++
    else await this.#wait(line, client, signal)
    let isEnded = false
    return milliseconds => {
      if (isEnded) return
      isEnded = true
      this.#milliseconds += (milliseconds - this.#milliseconds) * newestShare
      line.running--
      this.#next(model, line)
    }
  }

  #wait(line: Line, client: string, signal: AbortSignal): Promise<void> {
    if (this.waiting >= this.#options.limit() && !this.#makeRoom(client)) throw this.#full(line)
    return new Promise<void>((resolve, reject) => {
      const abort = (): void => {
        line.remove(client, waiter)
        this.#options.onChange()
        reject(signal.reason as Error)
      }
      const settle = (): void => signal.removeEventListener('abort', abort)
      const waiter: Waiter = {
        start: () => (settle(), resolve()),
        refuse: error => (settle(), reject(error)),
      }
      signal.addEventListener('abort', abort, { once: true })
      line.add(client, waiter)
      this.#options.onChange()
    })
  }

  /** Of a full queue, the client that waits with the most calls loses its newest to one that waits with less. */
  #makeRoom(client: string): boolean {
    let most: { line: Line; client: string; count: number } | null = null
    let own = 0
    for (const line of this.#lines.values()) {
      own += line.countOf(client)
      const busiest = line.busiest()
      if (busiest && busiest.count > (most?.count ?? 0)) most = { line, ...busiest }
    }
    if (!most || most.count <= own + 1) return false
    most.line.takeNewest(most.client)?.refuse(this.#full(most.line))
    return true
  }

  #next(model: string, line: Line): void {
    while (line.running < this.#options.slots()) {
      const waiter = line.shift()
      if (!waiter) break
      line.running++
      waiter.start()
    }
    if (line.running === 0 && line.waiting === 0) this.#lines.delete(model)
    this.#options.onChange()
  }

  #line(model: string): Line {
    const line = this.#lines.get(model) ?? new Line()
    this.#lines.set(model, line)
    return line
  }

  #full(line: Line): AppError<'SERVER_QUEUE_FULL'> {
    const rounds = Math.ceil((line.waiting + 1) / this.#options.slots())
    const retryMilliseconds = Math.round(Math.min(mostRetryMilliseconds, Math.max(leastRetryMilliseconds, rounds * this.#milliseconds)))
    return new AppError('SERVER_QUEUE_FULL', { waiting: this.waiting, retryMilliseconds })
  }
}

/** The calls that wait for one model. A map keeps its order: the client at its head is next, and goes to the end. */
class Line {
  running = 0
  waiting = 0
  readonly #clients = new Map<string, Waiter[]>()

  add(client: string, waiter: Waiter): void {
    const waiters = this.#clients.get(client)
    if (waiters) waiters.push(waiter)
    else this.#clients.set(client, [waiter])
    this.waiting++
  }

  shift(): Waiter | undefined {
    const [first] = this.#clients
    if (!first) return undefined
    const [client, waiters] = first
    const waiter = waiters.shift()
    this.#clients.delete(client)
    if (waiters.length > 0) this.#clients.set(client, waiters)
    this.waiting--
    return waiter
  }

  remove(client: string, waiter: Waiter): void {
    const waiters = this.#clients.get(client)
    const index = waiters?.indexOf(waiter) ?? -1
    if (!waiters || index < 0) return
    waiters.splice(index, 1)
    if (waiters.length === 0) this.#clients.delete(client)
    this.waiting--
  }

  takeNewest(client: string): Waiter | undefined {
    const waiter = this.#clients.get(client)?.at(-1)
    if (waiter) this.remove(client, waiter)
    return waiter
  }

  countOf(client: string): number {
    return this.#clients.get(client)?.length ?? 0
  }

  busiest(): { client: string; count: number } | null {
    let most: { client: string; count: number } | null = null
    for (const [client, { length }] of this.#clients) if (length > (most?.count ?? 0)) most = { client, count: length }
    return most
  }
}
