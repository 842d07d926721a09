import type { PrivacySummary as Summary } from '#shared/contract/privacy.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import { selfTester } from '../../platform/ledger/ledger.ts'
import type { LedgerBook, LedgerCount, LedgerLine } from '../../platform/ledger/ledger-book.ts'
import { liveStream, newest } from '../../platform/live/live-stream.ts'
import type { Storage } from '../../platform/storage/storage.ts'

interface Dependencies {
  ledger: Pick<LedgerBook, 'beginning' | 'counts' | 'lines' | 'onChange'>
  storage: Pick<Storage, 'problem' | 'onChange'>
  clock: Clock
}

const pageSize = 1000
const mostPages = 100
const restMilliseconds = 300

/** What the ledger says as a whole: since when it goes back, and what of Cortex's own connections left the machine. */
export class PrivacySummary {
  readonly #dependencies: Dependencies
  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  state(): Summary {
    const { ledger, storage, clock } = this.#dependencies
    const since = ledger.beginning()
    const left = this.#left()
    const last = left[0]
    const refused = ledger.counts(new Date(0)).filter(isRefusal)
    const today = ledger.counts(midnight(clock.now(), 0)).filter(isRefusal)
    const byPage = ({ who }: LedgerCount): boolean => who === 'page'
    const bySelfTest = ({ who }: LedgerCount): boolean => who === selfTester
    return {
      type: 'snapshot',
      since,
      isKept: storage.problem === null,
      refusedCount: total(refused.filter(count => !bySelfTest(count))),
      refusedToday: { page: total(today.filter(byPage)), host: total(today.filter(count => !byPage(count) && !bySelfTest(count))), selfTest: total(today.filter(bySelfTest)) },
      leftCount: left.length,
      leftBytes: left.reduce((sum, { bytesOut }) => sum + bytesOut, 0),
      lastLeft: last ? { at: last.at, who: last.who, target: last.target } : null,
    }
  }

  watch(signal?: AbortSignal): AsyncGenerator<Summary, void, void> {
    return liveStream<Summary>(
      push => {
        // Connections come in bursts; a person reads one sentence.
        let timer: ReturnType<typeof setTimeout> | null = null
        const tell = (): void => {
          timer ??= setTimeout(() => {
            timer = null
            push(this.state())
          }, restMilliseconds)
        }
        push(this.state())
        // What was refused today is none of tomorrow's.
        const { clock } = this.#dependencies
        const untilTomorrow = (): number => midnight(clock.now(), 1).getTime() - clock.now().getTime()
        const nextDay = (): void => {
          tell()
          night = setTimeout(nextDay, untilTomorrow()).unref()
        }
        let night = setTimeout(nextDay, untilTomorrow()).unref()
        const stops = [this.#dependencies.ledger.onChange(tell), this.#dependencies.storage.onChange(tell)]
        return () => {
          if (timer) clearTimeout(timer)
          clearTimeout(night)
          for (const stop of stops) stop()
        }
      },
      { signal, limit: 1, collapse: newest },
    )
  }

  /** Allowed connections to anywhere but this machine, newest first. */
  #left(): LedgerLine[] {
    const found: LedgerLine[] = []
    let before: number | undefined
    for (let page = 0; page < mostPages; page += 1) {
      const lines = this.#dependencies.ledger.lines({ kind: 'connection', decision: 'allowed', before }, pageSize)
      found.push(...lines.filter(line => !isThisMachine(line)))
      before = lines.at(-1)?.sequence
      if (lines.length < pageSize) break
    }
    return found
  }
}

function isRefusal({ kind, decision }: LedgerCount): boolean {
  return kind === 'connection' && decision === 'refused'
}

function total(counts: readonly LedgerCount[]): number {
  return counts.reduce((sum, { count }) => sum + count, 0)
}

/** The beginning of the day, by the clock on the wall, `days` after that of `now`. */
function midnight(now: Date, days: number): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + days)
}

/** By the address where it is known; a name alone counts as another machine, unless it is this one's own. */
function isThisMachine({ address, target }: LedgerLine): boolean {
  const place = (address ?? target).toLowerCase().replace(/^\[|\]$/g, '')
  return /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(place) || /^::ffff:127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(place) || place === '::1' || place === 'localhost'
}
