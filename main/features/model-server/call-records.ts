import type { Audit } from '../../platform/audit/audit.ts'
import { recordIfPossible } from '../../platform/audit/record-if-possible.ts'
import type { Clock } from '../../platform/clock/clock.ts'

const refusalMilliseconds = 60_000

interface Recorded {
  client: string
  endpoint: string
  /** Null for a call that needs none. */
  model: string | null
  prompt: string | null
  promptTokens: number | null
  tokens: number
  outcome: 'done' | 'failed'
  error: string | null
}

/** Writes calls into the audit log: who asked what for which model, with counts and a keyed hash, never a word of it. */
export class CallRecords {
  readonly #audit: Audit
  readonly #clock: Clock
  /** Refusals of one client for one reason, within the last minute. */
  readonly #refusals = new Map<string, { at: number; more: number }>()

  constructor(audit: Audit, clock: Clock) {
    this.#audit = audit
    this.#clock = clock
  }

  call({ client, endpoint, model, prompt, promptTokens, tokens, outcome, error }: Recorded): void {
    recordIfPossible(this.#audit, {
      kind: prompt === null ? 'server.call' : 'prompt.server',
      actor: 'server',
      outcome,
      ...(model === null ? {} : { subject: model }),
      details: { client, endpoint, ...(prompt === null ? {} : { hash: this.#audit.digest(prompt), promptTokens, tokens }), ...(error === null ? {} : { error }) },
    })
  }

  /** A program that does not heed its refusals must not fill the log: one entry a minute, which counts those since the last. */
  refusal(client: string, endpoint: string, reason: string): void {
    const key = `${client}\0${reason}`
    const now = this.#clock.monotonic()
    const last = this.#refusals.get(key)
    if (last && now - last.at < refusalMilliseconds) {
      last.more++
      return
    }
    if (this.#refusals.size > 1000) this.#refusals.clear()
    this.#refusals.set(key, { at: now, more: 0 })
    recordIfPossible(this.#audit, { kind: 'server.refuse', actor: 'server', outcome: 'refused', subject: client, details: { endpoint, reason, ...(last && last.more > 0 ? { before: last.more } : {}) } })
  }
}
