import type { Ledger } from '../ledger/ledger.ts'
import type { Redactor } from './redactor.ts'

/** A ledger into which no secret comes by what was asked for and why. */
export function maskedLedger(ledger: Ledger, redactor: Redactor): Ledger {
  const mask = (text: string): string => redactor.mask(text, { isSureOnly: true })
  return {
    note: entry => ledger.note({ ...entry, why: mask(entry.why), target: mask(entry.target) }),
    update: (id, counts) => {
      ledger.update(id, counts)
    },
  }
}
