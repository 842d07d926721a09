import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Finding, SelfTestResult } from '#shared/contract/self-test.ts'
import { FakeVault } from '../../platform/vault/fake-vault.ts'
import { expectation, judge, navigation, notRun, summarize } from './judge.ts'
import { signReport, verifyReport } from './signed-report.ts'

const finding = (outcome: Finding['outcome'], by = '', vector: Finding['vector'] = 'tcp'): Finding => ({ vector, place: 'loopback', outcome, by })
const subject = { process: 'inference' as const, hostKind: 'node' as const, enforcedBy: 'bubblewrap' }

describe('judge', () => {
  it('calls a way open when either end says so, and blocked only when both do', () => {
    expect(judge(subject, [finding('refused', 'ENETUNREACH')], {})).toMatchObject([{ found: 'blocked', by: 'bubblewrap (ENETUNREACH)', verdict: 'as-expected' }])
    expect(judge(subject, [finding('sent')], {})).toMatchObject([{ found: 'blocked', by: 'bubblewrap (nothing arrived)' }])
    expect(judge(subject, [finding('refused', 'EACCES')], { 'loopback tcp': 1 })).toMatchObject([{ found: 'open', verdict: 'weaker' }])
    expect(judge(subject, [finding('reached')], {})).toMatchObject([{ found: 'open', verdict: 'weaker' }])
    // An arrival at another sink is not this way's.
    expect(judge(subject, [finding('sent')], { 'interface tcp': 1 })).toMatchObject([{ found: 'blocked' }])
  })

  it('knows what each kind is meant to be able to do', () => {
    expect(expectation('terminal', 'tcp', 'node')).toBe('open')
    expect([expectation('host', 'child-process', 'node'), expectation('host', 'tcp', 'node')]).toEqual(['open', 'blocked'])
    expect([expectation('page', 'webrtc', 'node'), expectation('page', 'webrtc', 'electron'), expectation('page', 'fetch', 'node')]).toEqual(['open', 'blocked', 'blocked'])
    expect([expectation('page', 'preconnect', 'node'), expectation('page', 'preconnect', 'electron')]).toEqual(['open', 'blocked'])
  })

  it('does not count what was not tried as blocked', () => {
    const sinks = [{ place: 'loopback' as const, address: '127.0.0.1', ports: { tcp: 1, tls: 1, http: 1, preconnect: 1, udp: 1, dns: 1, stun: 1 } }]
    const rows = [...judge(subject, [finding('refused', 'EPERM')], {}), ...notRun({ process: 'page', hostKind: 'node' }, sinks, 'no page'), navigation('node')]
    expect(summarize(rows)).toEqual({ blocked: 1, total: 1, weaker: 0, notRun: 9 })
  })
})

const result: SelfTestResult = { at: '2026-11-21T12:00:00.000Z', version: '1.0.0', platform: 'linux-x64', hostKind: 'node', isEnforcementOff: false, rows: judge(subject, [finding('refused', 'EPERM')], {}) }

describe('a signed report', () => {
  const { text, fingerprint } = signReport(new FakeVault(), result)

  it('is good as it was written, for whoever knows its fingerprint', () => {
    expect(verifyReport(text, null)).toEqual({ isGood: true, report: result, fingerprint })
    expect(verifyReport(text, fingerprint.toUpperCase().replaceAll(' ', ':'))).toMatchObject({ isGood: true })
    expect(verifyReport(text, '0000 0000')).toMatchObject({ isGood: false, reason: expect.stringContaining('another key') })
  })

  it('shows any changed byte', () => {
    const bytes = Buffer.from(text)
    for (let index = 0; index < bytes.length; index++) {
      const changed = Buffer.from(bytes)
      changed[index] = (changed[index] ?? 0) ^ 1
      expect(verifyReport(changed.toString('utf8'), null).isGood, `byte ${index}`).toBe(false)
    }
    fc.assert(fc.property(fc.nat(bytes.length), fc.string({ minLength: 1, maxLength: 3 }), (at, more) => !verifyReport(text.slice(0, at) + more + text.slice(at), null).isGood), { numRuns: 500 })
    fc.assert(fc.property(fc.nat(bytes.length - 1), at => !verifyReport(text.slice(0, at), null).isGood), { numRuns: 300 })
  })

  it('is not good with another key in it', () => {
    const file = JSON.parse(text) as Record<string, unknown>
    for (const other of [{ ...file, publicKey: Buffer.alloc(32).toString('base64') }, { ...file, fingerprint: '0000' }, { ...file, signature: '' }, { ...file, more: 1 }, []]) {
      expect(verifyReport(`${JSON.stringify(other, null, 2)}\n`, null).isGood).toBe(false)
    }
  })
})
