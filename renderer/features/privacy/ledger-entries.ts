import type { LedgerEntry, LedgerEvent } from '#shared/contract/ledger.ts'

/** What the person looks for; null takes all. */
export interface LedgerSearch {
  text: string
  decision: LedgerEntry['decision'] | null
  who: string | null
}

/** More than this in the page are dropped, the oldest first; the host still has them. */
const mostEntries = 5000

/** The entries so far with those of an event, newest first. A snapshot begins anew: the vault may have opened. */
export function withEvent(entries: readonly LedgerEntry[], event: LedgerEvent): LedgerEntry[] {
  return event.type === 'snapshot' ? withEntries([], event.entries) : withEntries(entries, event.entries)
}

export function withEntries(entries: readonly LedgerEntry[], added: readonly LedgerEntry[]): LedgerEntry[] {
  const bySequence = new Map([...entries, ...added].map(entry => [entry.sequence, entry]))
  return [...bySequence.values()].toSorted((one, other) => other.sequence - one.sequence).slice(0, mostEntries)
}

export function isFound({ target, address, who, why, rule, decision }: LedgerEntry, search: LedgerSearch): boolean {
  const text = search.text.trim().toLowerCase()
  return (
    (search.decision === null || decision === search.decision) &&
    (search.who === null || who === search.who) &&
    (text === '' || [target, address ?? '', who, why, rule].some(field => field.toLowerCase().includes(text)))
  )
}

/** Tries of the self-test, which are many and meant to be refused, stand in the list only where something is looked for. */
export function shown(entries: readonly LedgerEntry[], search: LedgerSearch): { found: LedgerEntry[]; ownTries: number } {
  const found = entries.filter(entry => isFound(entry, search))
  if (isNarrowed(search)) return { found, ownTries: 0 }
  const others = found.filter(({ who }) => who !== 'self-test')
  return { found: others, ownTries: found.length - others.length }
}

export function isNarrowed({ text, decision, who }: LedgerSearch): boolean {
  return text.trim() !== '' || decision !== null || who !== null
}

/** Who stands in the entries, for the choice. */
export function senders(entries: readonly LedgerEntry[]): string[] {
  return [...new Set(entries.map(entry => entry.who))].toSorted((one, other) => one.localeCompare(other))
}
