import { randomUUID } from 'node:crypto'
import type { ServerActivity, ServerCall, ServerTotals } from '#shared/contract/model-server.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import { Listeners } from '../../platform/live/listeners.ts'

/** Charts are read by people: more often than this is noise. */
const tellMilliseconds = 250

export interface RunningCall {
  /** Of the answer so far. */
  tokens: number
  /** Null until the model has said so. */
  promptTokens: number | null
}

interface Started extends RunningCall {
  shown: Omit<ServerCall, 'tokens'>
}

/** What the server does now and what each client used since the start. */
export class RunningCalls {
  readonly #clock: Clock
  readonly #waiting: () => number
  readonly #listeners = new Listeners<ServerActivity>()
  readonly #running = new Set<Started>()
  readonly #totals = new Map<string, ServerTotals>()
  #timer: NodeJS.Timeout | null = null

  constructor(clock: Clock, waiting: () => number) {
    this.#clock = clock
    this.#waiting = waiting
  }

  get now(): ServerActivity {
    return { running: [...this.#running].map(({ shown, tokens }) => ({ ...shown, tokens })), waiting: this.#waiting(), totals: [...this.#totals.values()].map(total => ({ ...total })) }
  }

  onChange(listener: (activity: ServerActivity) => void): () => void {
    return this.#listeners.add(listener)
  }

  begin(call: Pick<ServerCall, 'clientId' | 'clientName' | 'endpoint' | 'model'>): RunningCall {
    const { clientId, clientName, endpoint, model } = call
    const started: Started = { shown: { id: randomUUID(), clientId, clientName, endpoint, model, startedAt: this.#clock.now() }, tokens: 0, promptTokens: null }
    this.#running.add(started)
    this.changed()
    return started
  }

  /** Gives a call that runs no more to its client's totals. */
  end(call: RunningCall): void {
    for (const started of this.#running) if (started === call) this.#running.delete(started)
    this.changed()
  }

  count(clientId: string, outcome: 'done' | 'refused' | 'failed', used: { promptTokens: number; tokens: number }): void {
    const totals = this.#totals.get(clientId) ?? { clientId, requests: 0, refused: 0, failed: 0, promptTokens: 0, answerTokens: 0 }
    totals.requests++
    if (outcome !== 'done') totals[outcome]++
    totals.promptTokens += used.promptTokens
    totals.answerTokens += used.tokens
    this.#totals.set(clientId, totals)
    this.changed()
  }

  forget(clientId: string): void {
    this.#totals.delete(clientId)
    this.changed()
  }

  /** Something moved; told at most four times a second. */
  changed(): void {
    if (this.#timer || this.#listeners.size === 0) return
    this.#timer = setTimeout(() => {
      this.#timer = null
      this.#listeners.tell(this.now)
    }, tellMilliseconds)
    this.#timer.unref()
  }

  dispose(): void {
    if (this.#timer) clearTimeout(this.#timer)
  }
}
