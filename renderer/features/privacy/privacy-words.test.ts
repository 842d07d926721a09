import { describe, expect, it } from 'vitest'
import type { PrivacyState, ProcessEnforcement } from '#shared/contract/privacy.ts'
import { pillWords, processWords } from './privacy-words.ts'

const model = (more: Partial<ProcessEnforcement> = {}): ProcessEnforcement => ({ process: 'inference', name: 'Model', pid: 7, isRunning: true, network: 'none', enforcedBy: 'bubblewrap', files: 'model', reason: null, ...more })
const pill = (more: Partial<PrivacyState>, entry = model()) => pillWords({ type: 'snapshot', isModelIsolated: false, isEnforcementOff: false, processes: [entry], ...more })

describe('privacy words', () => {
  it('draws the accent only where the operating system isolates the model', () => {
    expect(pill({ isModelIsolated: true }).tone).toBe('accent')
    const open = model({ network: 'open', enforcedBy: 'nothing', files: 'yours', reason: 'bubblewrap is not installed.' })
    expect([pill({}, open).tone, pill({}, model({ isRunning: false })).tone, pillWords(null).tone]).toEqual(['plain', 'plain', 'plain'])
    expect(pill({}, open).sentence).toMatch(/does not keep its process from the network. bubblewrap is not installed/)
  })

  it('says loudly that enforcement is off, even where a process claims otherwise', () => {
    expect(pill({ isEnforcementOff: true, isModelIsolated: true })).toMatchObject({ text: 'Enforcement off', tone: 'warn' })
  })

  it('never calls the open terminal, an open process, or one that does not run a protection', () => {
    expect(processWords(model({ process: 'terminal', network: 'yours', enforcedBy: 'nothing', files: 'yours' }))).toEqual({ network: { words: 'yours', tone: 'warn' }, enforcedBy: 'not restricted', files: 'yours' })
    expect(processWords(model({ network: 'open', enforcedBy: 'nothing', files: 'yours' }))).toEqual({ network: { words: 'open', tone: 'warn' }, enforcedBy: 'nothing', files: 'yours' })
    expect(processWords(model({ isRunning: false, network: 'none' })).network.tone).toBe('muted')
    expect(processWords(model({ network: 'loopback', enforcedBy: 'firewall' })).network.tone).toBe('plain')
  })
})
