import type { LedgerEntry, LedgerEvent, LedgerFilter, LedgerFormat, LedgerTotals } from '#shared/contract/ledger.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { LedgerBook } from '../../platform/ledger/ledger-book.ts'
import { liveStream } from '../../platform/live/live-stream.ts'
import { csvHead, csvLine } from './csv-line.ts'
import { writeExport } from '../../platform/files/write-export.ts'

interface Dependencies {
  book: LedgerBook
  clock: Clock
}

const pageSize = 500
/** A burst of refusals must not make as many events. */
const gatherMilliseconds = 200

/** What was asked for, whether it came to be or not. */
export class LedgerService {
  readonly #book: LedgerBook
  readonly #clock: Clock

  constructor({ book, clock }: Dependencies) {
    this.#book = book
    this.#clock = clock
  }

  totals(): LedgerTotals {
    const connections = { allowed: 0, refused: 0 }
    const context = { allowed: 0, refused: 0 }
    for (const { kind, decision, count } of this.#book.counts(new Date(0))) (kind === 'connection' ? connections : context)[decision] += count
    const refusedToday: Record<string, number> = {}
    const now = this.#clock.now()
    for (const { kind, who, decision, count } of this.#book.counts(new Date(now.getFullYear(), now.getMonth(), now.getDate()))) {
      if (kind === 'connection' && decision === 'refused') refusedToday[who] = (refusedToday[who] ?? 0) + count
    }
    return { since: this.#book.beginning(), connections, context, refusedToday }
  }

  watch(limit: number, signal?: AbortSignal): AsyncGenerator<LedgerEvent, void, void> {
    const snapshot = (): LedgerEvent => ({ type: 'snapshot', entries: this.#book.lines({}, limit), totals: this.totals() })
    return liveStream<LedgerEvent>(
      push => {
        push(snapshot())
        const changed = new Map<number, LedgerEntry>()
        let isRenumbered = false
        let timer: ReturnType<typeof setTimeout> | null = null
        const tell = (): void => {
          timer = null
          if (isRenumbered) push(snapshot())
          else push({ type: 'entries-changed', entries: [...changed.values()].slice(-limit).reverse(), totals: this.totals() })
          changed.clear()
          isRenumbered = false
        }
        const stop = this.#book.onChange(change => {
          if (change.type === 'line') changed.set(change.line.sequence, change.line)
          else isRenumbered = true
          timer ??= setTimeout(tell, gatherMilliseconds)
        })
        return () => {
          stop()
          if (timer) clearTimeout(timer)
        }
      },
      { signal, limit: 1, collapse: () => snapshot() },
    )
  }

  list({ limit, before, ...filter }: LedgerFilter & { limit: number; before?: number | undefined }): { entries: LedgerEntry[]; hasMore: boolean } {
    const found = this.#book.lines({ ...filter, before }, limit + 1)
    return { entries: found.slice(0, limit), hasMore: found.length > limit }
  }

  async *export({ format, ...filter }: LedgerFilter & { format: LedgerFormat }, signal?: AbortSignal): AsyncGenerator<string, void, void> {
    if (format === 'csv') yield csvHead
    let before: number | undefined
    while (!signal?.aborted) {
      const lines = this.#book.lines({ ...filter, before }, pageSize)
      const last = lines.at(-1)
      if (!last) return
      before = last.sequence
      yield lines.map(line => (format === 'csv' ? csvLine(line) : `${JSON.stringify(line)}\n`)).join('')
    }
  }

  async exportTo({ path, ...wanted }: LedgerFilter & { format: LedgerFormat; path: string }, signal?: AbortSignal): Promise<{ sizeBytes: number }> {
    return { sizeBytes: await writeExport(path, this.export(wanted, signal)) }
  }
}
