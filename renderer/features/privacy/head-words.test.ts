import { describe, expect, it } from 'vitest'
import type { PrivacySummary } from '#shared/contract/privacy.ts'
import { headWords } from './head-words.ts'

const now = new Date(2026, 10, 21, 12, 0)
const summary = (change: Partial<PrivacySummary> = {}): PrivacySummary => ({ type: 'snapshot', since: new Date(2026, 10, 2, 9, 14), isKept: true, refusedCount: 0, refusedToday: { page: 0, host: 0, selfTest: 0 }, leftCount: 0, leftBytes: 0, lastLeft: null, ...change })
const title = (change: Partial<PrivacySummary>): string => headWords(summary(change), null, now).title

describe('the sentence at the head of the page', () => {
  it('says that nothing left only since the ledger began, and names what it does not see', () => {
    expect(headWords(summary({ refusedCount: 1204 }), null, now)).toEqual({
      title: 'Nothing has left this machine since 2 November, 09:14',
      tone: 'plain',
      lead: '1,204 connections were asked for and refused. What you start in a terminal, and other programs, are not seen here.',
    })
    expect(title({ since: new Date(2025, 0, 1, 8, 5) })).toBe('Nothing has left this machine since 1 January 2025, 08:05')
    expect(title({ since: new Date(2026, 10, 21, 8, 5) })).toBe('Nothing has left this machine since 08:05 today')
  })

  it('claims less while the ledger is empty, shut or not read yet', () => {
    expect(title({ since: null })).toBe('Nothing has asked to leave this machine')
    expect(title({ isKept: false })).toBe('Nothing has left this machine while the vault is shut')
    expect(headWords(null, null).title).toBe('Privacy')
  })

  it('says what left, to whom and when, whatever else holds', () => {
    const lastLeft = { at: new Date(2026, 10, 20, 18, 0), who: 'models', target: 'models.example' }
    expect(headWords(summary({ leftCount: 2, leftBytes: 12_400_000, refusedCount: 1, lastLeft, isKept: false }), null, now)).toMatchObject({
      title: '2 connections have left this machine',
      tone: 'warn',
      lead: expect.stringMatching(/^Last 20 November, 18:00, by models to models.example; 12.4 MB sent in all\. 1 connection was asked for and refused\./),
    })
    expect(title({ leftCount: 1, leftBytes: 5, lastLeft })).toBe('One connection has left this machine, 20 November, 18:00')
  })

  it('says when enforcement is off', () => {
    expect(headWords(summary(), { type: 'snapshot', isModelIsolated: false, isEnforcementOff: true, processes: [] }, now).lead).toMatch(/enforcement turned off/)
  })
})
