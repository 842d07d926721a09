import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EgressGrant, EgressMode } from '#shared/contract/egress.ts'
import { addressKind } from './addresses.ts'
import { compilePolicy, decideAddress, decideHost, grantProblem } from './egress-policy.ts'
import { addressOf } from './egress-target.ts'

const grant = (host: string, more: Partial<EgressGrant> = {}): EgressGrant => ({ id: host, feature: '*', host, port: null, isLocal: false, createdAt: new Date(0), expiresAt: null, ...more })
const ask = (host: string, port = 443, feature = 'models') => ({ host, port, feature, address: addressOf(host) })
const decide = (mode: EgressMode, grants: EgressGrant[], host: string, port?: number, feature?: string): [string, string] => {
  const { verdict, rule } = decideHost(compilePolicy(mode, false, grants), ask(host, port, feature))
  return [verdict, rule]
}

const modes = fc.constantFrom<EgressMode>('offline', 'local', 'ask', 'list')
const hosts = fc.oneof(fc.constantFrom('example.org', 'nas.home', 'localhost', '127.0.0.1', '169.254.169.254', 'fd00:ec2::254', '10.0.0.5', '192.168.1.2', '8.8.8.8', '0.0.0.0', '::1', '2606:4700::1111', '224.0.0.1'), fc.domain().map(name => name.toLowerCase()), fc.ipV4())
const ports = fc.oneof(fc.constantFrom(80, 443, 22, 8080), fc.integer({ min: 1, max: 65_535 }))
const features = fc.constantFrom('models', 'plugins', 'try')
const grants = fc.array(fc.record({ id: fc.uuid(), feature: fc.oneof(features, fc.constant('*')), host: hosts, port: fc.option(ports), isLocal: fc.boolean(), createdAt: fc.constant(new Date(0)), expiresAt: fc.constant(null) }), { maxLength: 12 })
const asked = fc.record({ host: hosts, port: ports, feature: features }).map(one => ({ ...one, address: addressOf(one.host) }))
const addresses = fc.oneof(fc.ipV4(), fc.constantFrom('127.0.0.1', '10.0.0.5', '169.254.169.254', '8.8.8.8', '::ffff:10.0.0.1', 'fe80::1', 'fd00:ec2::254', '0.0.0.0', '::1'))

describe('the policy of hosts', () => {
  it('is offline at first: nothing but granted ports of this machine', () => {
    expect(decide('offline', [], 'example.org')).toEqual(['refuse', 'offline'])
    expect(decide('offline', [grant('example.org')], 'example.org')).toEqual(['refuse', 'offline'])
    expect(decide('offline', [], 'localhost', 11_434)[0]).toBe('refuse')
    expect(decide('offline', [grant('localhost', { port: 11_434 })], 'localhost', 11_434)).toEqual(['allow', 'granted'])
    expect(decide('offline', [grant('localhost', { port: 11_434 })], 'localhost', 80)[0]).toBe('refuse')
    expect(decide('offline', [grant('10.0.0.5', { isLocal: true })], '10.0.0.5')).toEqual(['refuse', 'offline'])
  })

  it('knows the other modes', () => {
    expect(decide('local', [grant('nas.home', { isLocal: true })], 'nas.home')).toEqual(['allow', 'granted'])
    expect(decide('local', [], 'nas.home')).toEqual(['refuse', 'not named for the local network'])
    expect(decide('local', [grant('8.8.8.8')], '8.8.8.8')).toEqual(['refuse', 'local network only'])
    expect(decide('ask', [], 'example.org')).toEqual(['ask', 'ask'])
    expect(decide('ask', [], '169.254.169.254', 80)).toEqual(['refuse', 'metadata address'])
    expect(decide('ask', [], '0.0.0.0')).toEqual(['refuse', 'an address of no machine'])
    expect(decide('list', [], 'example.org')).toEqual(['refuse', 'not on the allow-list'])
    expect(decide('list', [grant('example.org')], 'example.org', 22)).toEqual(['refuse', 'port 22 is not granted'])
    expect(decide('list', [grant('example.org', { port: 22 })], 'example.org', 22)).toEqual(['allow', 'granted'])
    expect(decide('list', [grant('example.org', { feature: 'plugins' })], 'example.org')[0]).toBe('refuse')
    expect(decide('list', [grant('example.org', { feature: 'models', expiresAt: new Date(2026, 10, 21, 18, 5) })], 'example.org')).toEqual(['allow', 'granted to models until 2026-11-21 18:05'])
    expect(decide('list', [grant('169.254.169.254')], '169.254.169.254', 80)).toEqual(['allow', 'granted'])
    expect(decideHost(compilePolicy('list', true, [grant('example.org')]), ask('example.org'))).toMatchObject({ verdict: 'refuse', rule: 'offline: the vault is locked' })
  })

  it('says what cannot be granted', () => {
    expect(grantProblem('localhost', null)).toContain('port')
    expect(grantProblem('127.0.0.1', 80)).toBeNull()
    expect(grantProblem('0.0.0.0', 80)).toContain('no machine')
    expect(grantProblem('169.254.169.254', null)).toBeNull()
    expect(grantProblem('example.org', null)).toBeNull()
  })

  it('offline reaches nothing but this machine, whatever is granted', () => {
    fc.assert(
      fc.property(grants, asked, addresses, (given, one, address) => {
        const policy = compilePolicy('offline', false, given)
        const decision = decideHost(policy, one)
        if (decision.verdict !== 'refuse') {
          expect(addressKind(one.address ?? '8.8.8.8')).toBe('loopback')
          expect(given.some(its => its.host === one.host && its.port === one.port)).toBe(true)
        }
        if (decideAddress(policy, one, address, given[0] ?? null).verdict === 'allow') expect(addressKind(address)).toBe('loopback')
      }),
      { numRuns: 2000 },
    )
  })

  it('reaches no address nearby behind a name that was not granted as local, and no metadata address that is not named itself', () => {
    fc.assert(
      fc.property(modes, grants, asked, addresses, (mode, given, one, address) => {
        const policy = compilePolicy(mode, false, given)
        const host = decideHost(policy, one)
        if (host.verdict === 'refuse') return
        const decision = decideAddress(policy, one, address, host.grant)
        if (decision.verdict !== 'allow') return
        const kind = addressKind(address)
        expect(kind).not.toBe('nowhere')
        if (kind === 'metadata') expect(given.some(its => its.host === one.host && addressKind(its.host) === 'metadata')).toBe(true)
        else if (kind !== 'public' && addressOf(one.host) === null) expect(host.grant?.isLocal).toBe(true)
        if (mode === 'local') expect(kind).not.toBe('public')
      }),
      { numRuns: 3000 },
    )
  })

  it('allows only what a grant for that host, port and feature allows, or asks', () => {
    fc.assert(
      fc.property(modes, fc.boolean(), grants, asked, (mode, isLocked, given, one) => {
        const { verdict, grant: by } = decideHost(compilePolicy(mode, isLocked, given), one)
        if (verdict === 'ask') expect([mode, isLocked]).toEqual(['ask', false])
        if (verdict !== 'allow') return
        expect(isLocked).toBe(false)
        expect(by?.host).toBe(one.host)
        expect(['*', one.feature]).toContain(by?.feature)
        expect(by?.port === one.port || (by?.port === null && [80, 443].includes(one.port))).toBe(true)
      }),
      { numRuns: 3000 },
    )
  })
})
