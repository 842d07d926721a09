import { describe, expect, it } from 'vitest'
import type { LedgerEntry, LedgerTotals } from '#shared/contract/ledger.ts'
import { isFound, isNarrowed, senders, shown, withEntries, withEvent } from './ledger-entries.ts'
import { entryFacts, targetText, timeText, whoText } from './ledger-words.ts'

const entry = (sequence: number, more: Partial<LedgerEntry> = {}): LedgerEntry => ({ sequence, at: new Date(2026, 10, 21, 10, 41, sequence % 60), kind: 'connection', who: 'models', why: 'a download', target: 'a.example', port: 443, decision: 'refused', rule: 'offline', bytesIn: 0, bytesOut: 0, isEnded: true, ...more })
const totals: LedgerTotals = { since: null, connections: { allowed: 0, refused: 0 }, context: { allowed: 0, refused: 0 }, refusedToday: {} }
const sequences = (entries: readonly LedgerEntry[]): number[] => entries.map(one => one.sequence)

describe('the entries in the page', () => {
  it('take changes in, newest first, and begin anew with a snapshot', () => {
    const first = withEvent([], { type: 'snapshot', entries: [entry(2), entry(1)], totals })
    const second = withEvent(first, { type: 'entries-changed', entries: [entry(3), entry(2, { bytesIn: 5 })], totals })
    expect(sequences(second)).toEqual([3, 2, 1])
    expect(second[1]?.bytesIn).toBe(5)
    expect(sequences(withEvent(second, { type: 'snapshot', entries: [entry(9)], totals }))).toEqual([9])
    expect(withEntries([], Array.from({ length: 6000 }, (_, index) => entry(index)))).toHaveLength(5000)
  })

  it('are found by text, decision and who', () => {
    const search = { text: '', decision: null, who: null }
    expect(isFound(entry(1), search)).toBe(true)
    expect(['A.EXAMPLE', ' offline ', 'models', 'download', '9.9.9.9', 'nothing'].map(text => isFound(entry(1, { address: '9.9.9.9' }), { ...search, text }))).toEqual([true, true, true, true, true, false])
    expect(isFound(entry(1), { ...search, decision: 'allowed' })).toBe(false)
    expect(isFound(entry(1), { ...search, who: 'page' })).toBe(false)
    expect([isNarrowed(search), isNarrowed({ ...search, text: ' ' }), isNarrowed({ ...search, who: 'page' })]).toEqual([false, false, true])
    expect(senders([entry(1), entry(2, { who: 'host' }), entry(3)])).toEqual(['host', 'models'])
  })

  it('leave the tries of the self-test out, but where something is looked for', () => {
    const entries = [entry(3, { who: 'self-test' }), entry(2), entry(1, { who: 'self-test' })]
    const all = shown(entries, { text: '', decision: null, who: null })
    expect([sequences(all.found), all.ownTries]).toEqual([[2], 2])
    const own = shown(entries, { text: '', decision: null, who: 'self-test' })
    expect([sequences(own.found), own.ownTries]).toEqual([[3, 1], 0])
    expect(sequences(shown(entries, { text: '', decision: 'refused', who: null }).found)).toEqual([3, 2, 1])
  })

  it('are told in words', () => {
    expect([targetText(entry(1)), targetText(entry(1, { target: 'fd00::1' }))]).toEqual(['a.example:443', '[fd00::1]:443'])
    expect(timeText(entry(7).at, entry(7).at)).toBe('10:41:07')
    expect(timeText(entry(7).at, new Date(2026, 10, 22))).toBe('21 Nov 10:41')
    expect([whoText('page'), whoText('typescript')]).toEqual(['Page', 'typescript'])
    expect(entryFacts(entry(1)).map(fact => fact.label)).toEqual(['Time', 'Who', 'Wanted', 'Host', 'Address', 'Decision', 'Rule'])
    expect(entryFacts(entry(1, { decision: 'allowed', bytesOut: 2000, isEnded: false })).at(-1)).toEqual({ label: 'Carried', value: '2.0 kB out, 0 bytes in, still open' })
    const { port: _port, ...file } = entry(1, { kind: 'context', target: '.env' })
    expect(entryFacts(file).map(fact => fact.label)).toEqual(['Time', 'Who', 'Wanted', 'File', 'Decision', 'Rule'])
  })
})
