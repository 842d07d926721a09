import type { Ledger, LedgerCounts, LedgerNote } from './ledger.ts'

/** A line of the ledger as it is kept. */
export interface LedgerLine extends LedgerNote, LedgerCounts {
  /** Grows with each line; those of a locked vault get their final one when it opens. */
  sequence: number
  at: Date
}

/** What lines are wanted; what is left out does not filter. */
export interface LedgerFilter {
  kind?: LedgerNote['kind'] | undefined
  who?: string | undefined
  decision?: LedgerNote['decision'] | undefined
  /** A part of the target, the address, who, why or the rule, in any case. */
  text?: string | undefined
  /** The target itself, in any case. */
  target?: string | undefined
  from?: Date | undefined
  until?: Date | undefined
  /** Only lines before this sequence: for the next page. */
  before?: number | undefined
}

export interface LedgerCount {
  kind: LedgerNote['kind']
  who: string
  decision: LedgerNote['decision']
  count: number
}

export type LedgerChange = { type: 'line'; line: LedgerLine } | { type: 'renumbered' }

/** The ledger for those who show it. Reading never throws: what the database cannot give is left out. */
export interface LedgerBook extends Ledger {
  /** Newest first. */
  lines(filter: LedgerFilter, limit: number): LedgerLine[]
  /** How many lines of each kind, sender and decision came since then. */
  counts(since: Date): LedgerCount[]
  /** When the oldest line was noted; null where there is none. */
  beginning(): Date | null
  onChange(listener: (change: LedgerChange) => void): () => void
  /** Deletes what is older; the number of lines. Throws as `Storage` does. */
  forget(before: Date): number
}
