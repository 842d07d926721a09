import type { Settings } from '#shared/setting-definitions.ts'
import type { Audit } from '../../platform/audit/audit.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Storage } from '../../platform/storage/storage.ts'
import { ClockMemory, weighClock } from './clock-trust.ts'

const dayMilliseconds = 86_400_000

/** Something that grows old: `forget` deletes what is older and gives the number. */
export interface Forgettable {
  kind: 'conversations' | 'prompt-states' | 'ledger' | 'logs'
  setting: 'privacy.keepConversations' | 'privacy.keepLedger' | 'privacy.keepLogs'
  forget(before: Date): number | Promise<number>
}

interface Options {
  storage: Storage
  clock: Clock
  audit: Audit
  settings: { values(): Promise<Settings> }
  kinds: readonly Forgettable[]
}

/** Deletes what is older than the person wants to keep, where the clock can be believed. */
export class Retention {
  readonly #options: Options
  #isDoubted = false
  /** By the clock that only goes forward. */
  #lookedAt: number | null = null

  constructor(options: Options) {
    this.#options = options
  }

  get isClockDoubted(): boolean {
    return this.#isDoubted
  }

  async apply(): Promise<void> {
    const { storage, clock, audit, settings, kinds } = this.#options
    if (storage.problem) return
    const now = clock.now()
    const kept = storage.collection('storage.clock', ClockMemory)
    const { isTrusted, memory } = weighClock(kept.get('last'), now, this.#lookedAt === null ? null : clock.monotonic() - this.#lookedAt)
    this.#lookedAt = clock.monotonic()
    kept.put('last', memory)
    this.#isDoubted = !isTrusted
    if (!isTrusted) return
    const values = await settings.values()
    for (const { kind, setting, forget } of kinds) {
      const days = values[setting]
      if (days === 'forever') continue
      const count = await forget(new Date(now.getTime() - Number(days) * dayMilliseconds))
      if (count > 0) audit.record({ kind: 'retention.apply', actor: 'storage', outcome: 'done', subject: kind, details: { count, days: Number(days) } })
    }
  }
}
