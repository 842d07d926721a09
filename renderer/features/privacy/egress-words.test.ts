import { describe, expect, it } from 'vitest'
import type { EgressGrant } from '#shared/contract/egress.ts'
import { leftText, offlineDetail, placeText, questionText, questionTitle } from './egress-words.ts'

const now = new Date(2026, 10, 21, 12)
const later = (minutes: number): Date => new Date(now.getTime() + minutes * 60_000)
const grant = (host: string): EgressGrant => ({ id: host, feature: '*', host, port: 1, isLocal: true, createdAt: now, expiresAt: null })
const question = { id: 'q', feature: 'models', why: 'a download', host: 'a.example', port: 443, isLocal: false, askedAt: now, expiresAt: now }

describe('the words of the network', () => {
  it('does not call Offline silent where ports of this machine are granted', () => {
    expect(offlineDetail([])).toBe('No connection at all, to anyone.')
    expect(offlineDetail([grant('a.example')])).toBe('No connection at all, to anyone.')
    expect(offlineDetail([grant('localhost')])).toBe('Only the port of this machine granted below.')
    expect(offlineDetail([grant('localhost'), grant('127.0.0.1'), grant('::1')])).toBe('Only the 3 ports of this machine granted below.')
  })

  it('says what is left of a grant', () => {
    expect([null, later(-5), later(1), later(59), later(125), later(3 * 1440)].map(end => leftText(end, now))).toEqual(['until revoked', '1 min left', '1 min left', '59 min left', '2 h 5 min left', '3 days left'])
  })

  it('names places and asks plainly', () => {
    expect([placeText({ host: 'a.example', port: null }), placeText({ host: 'a.example', port: 8080 }), placeText({ host: 'fd00::1', port: 80 })]).toEqual(['a.example', 'a.example:8080', '[fd00::1]:80'])
    expect(questionTitle(question)).toBe('Connect to a.example?')
    expect(questionTitle({ ...question, port: 8080 })).toBe('Connect to a.example:8080?')
    expect(questionText(question)).toContain('Asked by models: a download, at port 443.')
    expect(questionText({ ...question, isLocal: true })).toContain('your network')
  })
})
