import { describe, expect, it } from 'vitest'
import type { EgressGrant, EgressState } from '#shared/contract/egress.ts'
import type { PrivacyState, PrivacySummary, ProcessEnforcement } from '#shared/contract/privacy.ts'
import { pillWords, processWords, refusedToday } from './privacy-words.ts'

const model = (more: Partial<ProcessEnforcement> = {}): ProcessEnforcement => ({ process: 'inference', name: 'Model', pid: 7, isRunning: true, hasRun: false, network: 'none', enforcedBy: 'bubblewrap', files: 'model', reason: null, ...more })
const grant = (host: string, port: number | null): EgressGrant => ({ id: host, feature: '*', host, port, isLocal: true, createdAt: new Date(), expiresAt: null })
const egress = (more: Partial<EgressState> = {}): EgressState => ({ type: 'snapshot', mode: 'offline', isLocked: false, isHostGuarded: true, grants: [], questions: [], ...more })
const pill = (more: Partial<PrivacyState>, entry = model(), network = egress()) => pillWords({ type: 'snapshot', isModelIsolated: false, isEnforcementOff: false, processes: [entry], ...more }, network)

describe('privacy words', () => {
  it('draws the accent only where the operating system isolates the model', () => {
    expect(pill({ isModelIsolated: true }).tone).toBe('accent')
    const open = model({ network: 'open', enforcedBy: 'nothing', files: 'yours', reason: 'bubblewrap is not installed.' })
    expect([pill({}, open).tone, pill({}, model({ isRunning: false })).tone, pillWords(null, null).tone]).toEqual(['plain', 'plain', 'plain'])
    expect(pill({}, open).sentence).toMatch(/does not keep its process from the network. bubblewrap is not installed/)
  })

  it('names the mode, and warns of each that may let something leave', () => {
    expect(pill({ isModelIsolated: true })).toMatchObject({ text: 'Offline', tone: 'accent', sentence: expect.stringMatching(/^Cortex connects to nothing\. The model runs/) })
    expect(pill({ isModelIsolated: true }, model(), egress({ isHostGuarded: false }))).toMatchObject({ tone: 'plain', sentence: expect.stringContaining('without the guard') })
    expect(pill({ isModelIsolated: true }, model(), egress({ grants: [grant('localhost', 11_434), grant('a.example', null)] })).sentence).toContain('1 granted port of this machine and to nothing else')
    expect((['local', 'ask', 'list'] as const).map(mode => pill({ isModelIsolated: true }, model(), egress({ mode }))).map(({ text, tone }) => [text, tone])).toEqual([['Local network', 'warn'], ['Ask', 'warn'], ['Allow-list', 'warn']])
  })

  it('says loudly that enforcement is off, even where a process claims otherwise', () => {
    expect(pill({ isEnforcementOff: true, isModelIsolated: true })).toMatchObject({ text: 'Enforcement off', tone: 'warn' })
  })

  it('says of a worker that ended what held while it ran, in no colour that promises', () => {
    const ended = { process: 'keeper' as const, isRunning: false, hasRun: true, files: 'yours' as const }
    expect(processWords(model(ended))).toEqual({ network: { words: 'none', tone: 'muted' }, enforcedBy: 'bubblewrap, while it ran', files: 'yours' })
    expect(processWords(model({ ...ended, network: 'open', enforcedBy: 'nothing' }))).toMatchObject({ network: { words: 'open', tone: 'warn' }, enforcedBy: 'nothing, while it ran' })
  })

  it('gives a count of refusals only for what the ledger sees', () => {
    const summary = { isKept: true, refusedToday: { page: 3, host: 0, selfTest: 9 } } as PrivacySummary
    expect((['page', 'host', 'inference', 'terminal', 'keeper'] as const).map(process => refusedToday(model({ process }), summary))).toEqual([3, 0, null, null, null])
    expect(refusedToday(model({ process: 'page' }), { ...summary, isKept: false })).toBeNull()
  })

  it('never calls the open terminal, an open process, or one that does not run a protection', () => {
    expect(processWords(model({ process: 'terminal', network: 'yours', enforcedBy: 'nothing', files: 'yours' }))).toEqual({ network: { words: 'yours', tone: 'warn' }, enforcedBy: 'not restricted', files: 'yours' })
    expect(processWords(model({ network: 'open', enforcedBy: 'nothing', files: 'yours' }))).toEqual({ network: { words: 'open', tone: 'warn' }, enforcedBy: 'nothing', files: 'yours' })
    expect(processWords(model({ isRunning: false, network: 'none' })).network.tone).toBe('muted')
    expect(processWords(model({ network: 'loopback', enforcedBy: 'firewall' })).network.tone).toBe('plain')
  })
})
