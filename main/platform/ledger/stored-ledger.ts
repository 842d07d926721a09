import type { Clock } from '../clock/clock.ts'
import { Listeners } from '../live/listeners.ts'
import type { Storage } from '../storage/storage.ts'
import type { LedgerBook, LedgerChange, LedgerCount, LedgerFilter, LedgerLine } from './ledger-book.ts'
import { fits } from './ledger-filter.ts'
import type { LedgerCounts, LedgerNote } from './ledger.ts'
import { LedgerTable } from './ledger-table.ts'

/** Notes are cheap: they are written together, and this long after the first at the latest. */
const writeMilliseconds = 300
const writeAtOnce = 2000
/** While the vault is locked or the disk is full, the newest are kept in memory. */
const mostWaiting = 20_000
const mostKept = 100_000
/** Connections whose counts may still change. */
const mostOpen = 5000
const longestText = 300

interface Options {
  storage: Storage
  clock: Clock
  /** Lines that are kept; older ones go. */
  limit?: number
  /** Masks secrets in what was asked for and why. */
  mask?: (text: string) => string
}

/** The ledger in the encrypted database; in memory as long as that is shut. */
export class StoredLedger implements LedgerBook {
  readonly #clock: Clock
  readonly #mask: (text: string) => string
  readonly #table: LedgerTable
  readonly #limit: number
  readonly #changes = new Listeners<LedgerChange>()
  readonly #open = new Map<string, LedgerLine>()
  readonly #stopListening: () => void
  /** Lines that the database lacks or has in an older state, in order. */
  #waiting = new Set<LedgerLine>()
  #isNumbered = false
  #last = 0
  #written = 0
  #notes = 0
  #timer: ReturnType<typeof setTimeout> | null = null

  constructor({ storage, clock, limit = mostKept, mask = text => text }: Options) {
    this.#mask = mask
    this.#clock = clock
    this.#limit = limit
    this.#table = new LedgerTable(storage)
    this.#number()
    this.#stopListening = storage.onChange(() => {
      this.#isNumbered = false
      this.flush()
    })
  }

  note(entry: LedgerNote): string {
    const id = String(this.#notes++)
    const line: LedgerLine = { ...clipped({ ...entry, why: this.#mask(entry.why), target: this.#mask(entry.target) }), sequence: ++this.#last, at: this.#clock.now(), bytesIn: 0, bytesOut: 0, isEnded: entry.kind === 'context' || entry.decision === 'refused' }
    if (!line.isEnded) {
      this.#open.set(id, line)
      const [oldest] = this.#open.keys()
      if (this.#open.size > mostOpen && oldest !== undefined) this.#open.delete(oldest)
    }
    this.#keep(line)
    return id
  }

  update(id: string, { bytesIn, bytesOut, isEnded }: LedgerCounts): void {
    const line = this.#open.get(id)
    if (!line) return
    if (isEnded) this.#open.delete(id)
    Object.assign(line, { bytesIn, bytesOut, isEnded })
    this.#keep(line)
  }

  lines(filter: LedgerFilter, limit: number): LedgerLine[] {
    this.flush()
    const waiting = [...this.#waiting].filter(line => fits(line, filter)).toSorted((one, other) => other.sequence - one.sequence)
    const unwritten = new Set(waiting.map(line => line.sequence))
    const kept = this.#read(() => this.#table.lines(filter, limit), []).filter(line => !unwritten.has(line.sequence))
    return [...waiting.map(line => ({ ...line })), ...kept].toSorted((one, other) => other.sequence - one.sequence).slice(0, limit)
  }

  counts(since: Date): LedgerCount[] {
    this.flush()
    const found = new Map<string, LedgerCount>()
    const add = ({ kind, who, decision }: LedgerNote, count: number): void => {
      const key = JSON.stringify([kind, who, decision])
      const known = found.get(key)
      if (known) known.count += count
      else found.set(key, { kind, who, decision, count })
    }
    for (const count of this.#read(() => this.#table.counts(since), [])) found.set(JSON.stringify([count.kind, count.who, count.decision]), { ...count })
    for (const line of this.#waiting) if (line.at >= since && line.sequence > this.#written) add(line, 1)
    return [...found.values()]
  }

  beginning(): Date | null {
    const [first] = this.#waiting
    return this.#read(() => this.#table.beginning(), null) ?? first?.at ?? null
  }

  onChange(listener: (change: LedgerChange) => void): () => void {
    return this.#changes.add(listener)
  }

  forget(before: Date): number {
    this.flush()
    return this.#table.forget(before, this.#clock.now())
  }

  /** Writes what waits; what cannot be written waits on. */
  flush(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    if (!this.#number() || this.#waiting.size === 0) return
    const lines = [...this.#waiting]
    if (!this.#read(() => (this.#table.write(lines, this.#last - this.#limit), true), false)) return
    for (const line of lines) this.#waiting.delete(line)
    this.#written = this.#last
  }

  dispose(): void {
    this.#stopListening()
    this.flush()
  }

  #keep(line: LedgerLine): void {
    this.#waiting.add(line)
    const [oldest] = this.#waiting
    if (this.#waiting.size > mostWaiting && oldest) this.#waiting.delete(oldest)
    if (this.#waiting.size >= writeAtOnce && this.#isNumbered) this.flush()
    else this.#timer ??= setTimeout(() => this.flush(), writeMilliseconds).unref()
    this.#changes.tell({ type: 'line', line: { ...line } })
  }

  /** Goes on after the last line of the database; false while that is shut. */
  #number(): boolean {
    if (this.#isNumbered) return true
    const last = this.#read(() => this.#table.last(), null)
    if (last === null) return false
    // Lines that the same database has already keep their numbers.
    const isKnown = last >= this.#written ? (line: LedgerLine) => line.sequence <= this.#written : () => false
    const added = [...this.#waiting].filter(line => !isKnown(line))
    this.#isNumbered = true
    this.#written = last
    this.#last = last
    for (const line of added) line.sequence = ++this.#last
    this.#changes.tell({ type: 'renumbered' })
    return true
  }

  #read<T>(work: () => T, otherwise: T): T {
    try {
      return work()
    } catch {
      // Locked, full or damaged: `app.info` tells of it, and what is in memory is still shown.
      return otherwise
    }
  }
}

function clipped(entry: LedgerNote): LedgerNote {
  const clip = (text: string): string => (text.length > longestText ? `${text.slice(0, longestText - 1)}…` : text)
  return { ...entry, who: clip(entry.who), why: clip(entry.why), target: clip(entry.target), rule: clip(entry.rule) }
}
