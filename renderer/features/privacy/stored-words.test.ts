import { describe, expect, it } from 'vitest'
import type { StorageState } from '#shared/contract/storage.ts'
import { backupFact, encryptedFacts, plainText, sizeText } from './stored-words.ts'

const state: StorageState = {
  type: 'snapshot',
  problem: null,
  restored: null,
  damaged: [],
  kinds: [
    { kind: 'other', sizeBytes: 165, count: 2, protection: 'encrypted' },
    { kind: 'layout', sizeBytes: 0, count: null, protection: 'encrypted' },
    { kind: 'unsaved', sizeBytes: 52_300, count: 3, protection: 'encrypted' },
    { kind: 'logs', sizeBytes: 5_400_000, count: 2, protection: 'no-content' },
    { kind: 'settings', sizeBytes: 0, count: null, protection: 'no-content' },
  ],
  databaseBytes: 1,
  backups: [],
  work: null,
  backupProblem: null,
  isClockDoubted: false,
}

describe('what is kept, in words', () => {
  it('names conversations always, in an order that stays, and leaves out what is empty', () => {
    expect(encryptedFacts(state).map(({ label, value }) => `${label} ${String(value)}`)).toEqual(['Conversations none', 'Unsaved text 52.3 kB', 'Everything else 165 bytes'])
  })

  it('says what is not encrypted', () => {
    expect(plainText(state)).toBe('Not encrypted, and without content: log (5.4 MB).')
    expect(plainText({ ...state, kinds: [] })).toBe('')
  })

  it('says when the last backup was, and that one failed', () => {
    const now = new Date(2026, 4, 2, 12, 0)
    const backups = [{ number: 1, at: new Date(2026, 4, 2, 9, 5), reason: 'daily' as const, sizeBytes: 10 }]
    expect(backupFact(state, now)).toMatchObject({ value: 'none yet', tone: 'warn' })
    expect(backupFact({ ...state, backups }, now)).toMatchObject({ value: '09:05' })
    expect(backupFact({ ...state, work: 'backup' }, now)).toMatchObject({ value: 'being written' })
    expect(backupFact({ ...state, backups, backupProblem: { code: 'STORAGE_FULL', data: {} } }, now)).toMatchObject({ value: '09:05, the next failed', tone: 'error' })
  })

  it('gives sizes with their unit', () => {
    expect([0, 999, 1500, 150_000, 12_400_000].map(sizeText)).toEqual(['none', '999 bytes', '1.5 kB', '150 kB', '12.4 MB'])
  })
})
