import type { Ledger, LedgerCounts, LedgerNote } from './ledger.ts'

/** A ledger in memory. */
export class FakeLedger implements Ledger {
  readonly notes: (LedgerNote & { counts?: LedgerCounts })[] = []

  note(entry: LedgerNote): string {
    this.notes.push({ ...entry })
    return String(this.notes.length - 1)
  }

  update(id: string, counts: LedgerCounts): void {
    const entry = this.notes[Number(id)]
    if (entry) entry.counts = counts
  }
}
