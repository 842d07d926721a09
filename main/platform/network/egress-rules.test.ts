import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AppError } from '#shared/errors.ts'
import { FakeAudit } from '../audit/fake-audit.ts'
import type { Clock } from '../clock/clock.ts'
import { openFakeStorage } from '../storage/fake-storage.ts'
import { LockedStorage } from '../storage/locked-storage.ts'
import type { Storage } from '../storage/storage.ts'
import { decideHost } from './egress-policy.ts'
import { EgressRules } from './egress-rules.ts'

/** Both of a computer's clocks, apart from each other. */
class TwoClocks implements Clock {
  wall = Date.UTC(2026, 0, 1)
  running = 1000
  now = (): Date => new Date(this.wall)
  monotonic = (): number => this.running
  pass(milliseconds: number): void {
    this.wall += milliseconds
    this.running += milliseconds
  }
}

const minute = 60_000
function setUp(storage: Storage = openFakeStorage(), clock = new TwoClocks()) {
  const audit = new FakeAudit()
  return { storage, clock, audit, rules: new EgressRules({ storage, clock, audit }) }
}
const asked = { host: 'example.org', port: 443, address: null, feature: 'models' }
const isAllowed = (rules: EgressRules): boolean => decideHost(rules.policy(), asked).verdict === 'allow'

describe('EgressRules', () => {
  it('begins offline, and keeps the mode and the grants over a restart', () => {
    const { storage, clock, rules, audit } = setUp()
    expect([rules.mode, rules.isLocked, rules.grants()]).toEqual(['offline', false, []])
    let told = 0
    rules.onChange(() => told++)
    rules.setMode('list')
    rules.setMode('list')
    const given = rules.grant({ feature: 'models', host: 'Example.org:443', isLocal: false, minutes: 60 })
    expect(given).toMatchObject({ host: 'example.org', port: 443, expiresAt: new Date(clock.wall + 60 * minute) })
    expect(isAllowed(rules)).toBe(true)
    expect(told).toBe(2)
    rules.dispose()
    const again = setUp(storage, clock).rules
    expect([again.mode, again.grants()]).toEqual(['list', [given]])
    again.revoke(given.id)
    expect(isAllowed(again)).toBe(false)
    expect(() => again.revoke(given.id)).toThrow('EGRESS_GRANT_NOT_FOUND')
    expect(audit.kinds()).toEqual(['egress.mode', 'egress.grant'])
    expect(audit.events[1]).toMatchObject({ subject: 'example.org', details: { feature: 'models', port: 443, minutes: 60 } })
  })

  it('replaces a grant for the same feature, host and port, and refuses what cannot be granted', () => {
    const { rules } = setUp()
    rules.grant({ feature: '*', host: 'a.example', isLocal: false })
    rules.grant({ feature: '*', host: 'a.example', isLocal: true })
    rules.grant({ feature: '*', host: 'a.example', port: 8080, isLocal: true })
    expect(rules.grants().map(grant => [grant.port, grant.isLocal])).toEqual([[null, true], [8080, true]])
    expect(() => rules.grant({ feature: '*', host: 'localhost', isLocal: true })).toThrow('EGRESS_GRANT_REFUSED')
    expect(() => rules.grant({ feature: '*', host: 'https://a.example', isLocal: true })).toThrow('EGRESS_ADDRESS_INVALID')
  })

  it('ends a grant by either clock, also when the clock was set back before a restart', () => {
    const { storage, clock, rules } = setUp()
    rules.setMode('list')
    rules.grant({ feature: '*', host: 'example.org', isLocal: false, minutes: 60 })
    clock.pass(30 * minute)
    clock.wall -= 365 * 24 * 60 * minute
    expect(isAllowed(rules)).toBe(true)
    rules.dispose()
    clock.running = 5
    const again = setUp(storage, clock).rules
    clock.pass(29 * minute)
    expect(isAllowed(again)).toBe(true)
    clock.pass(2 * minute)
    expect(isAllowed(again)).toBe(false)
    expect(again.grants()).toEqual([])
    again.dispose()
    expect(setUp(storage, clock).rules.grants()).toEqual([])
  })

  it('is never prolonged by any movement of the clock', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 600 }), fc.array(fc.record({ passes: fc.integer({ min: 0, max: 200 }), jumps: fc.integer({ min: -10_000, max: 10_000 }), restarts: fc.boolean() }), { maxLength: 8 }), (minutes, steps) => {
        const { storage, clock, rules: first } = setUp()
        let rules = first
        rules.setMode('list')
        rules.grant({ feature: '*', host: 'example.org', isLocal: false, minutes })
        let used = 0
        for (const { passes, jumps, restarts } of steps) {
          clock.pass(passes * minute)
          used += passes
          clock.wall += jumps * minute
          if (restarts) {
            rules.dispose()
            clock.running = 0
            rules = setUp(storage, clock).rules
          }
          if (used >= minutes) expect(isAllowed(rules)).toBe(false)
        }
        rules.dispose()
      }),
    )
  })

  it('is offline without grants while the vault is locked, and changes nothing that is not recorded', () => {
    const { rules } = setUp(new LockedStorage(new AppError('STORAGE_LOCKED', { path: '/db', reason: 'no key' })))
    expect([rules.mode, rules.isLocked, rules.grants()]).toEqual(['offline', true, []])
    expect(() => rules.setMode('list')).toThrow('STORAGE_LOCKED')
    const open = setUp()
    open.audit.fault = new AppError('STORAGE_FULL', { path: '/db' })
    expect(() => open.rules.setMode('ask')).toThrow('STORAGE_FULL')
    expect(() => open.rules.grant({ feature: '*', host: 'a.example', isLocal: false })).toThrow('STORAGE_FULL')
    expect([open.rules.mode, open.rules.grants()]).toEqual(['offline', []])
  })

  it('goes offline and takes a grant back though neither can be recorded or kept, and says so', () => {
    const { rules, audit, storage } = setUp()
    const { id } = rules.grant({ feature: '*', host: 'a.example', isLocal: false })
    rules.setMode('list')
    audit.fault = new AppError('STORAGE_FULL', { path: '/db' })
    rules.revoke(id)
    rules.setMode('offline')
    expect([rules.mode, rules.grants()]).toEqual(['offline', []])
    audit.fault = null
    rules.grant({ feature: '*', host: 'b.example', isLocal: false })
    rules.setMode('list')
    storage.prepare("CREATE TRIGGER no_room BEFORE UPDATE ON documents BEGIN SELECT RAISE(ABORT, 'no room'); END").run()
    expect(() => rules.setMode('offline')).toThrow('no room')
    expect(() => rules.revoke(rules.grants()[0]?.id ?? '')).toThrow('no room')
    expect([rules.mode, rules.grants()]).toEqual(['offline', []])
  })

  it('gives the same policy until something changes', () => {
    const { rules } = setUp()
    const policy = rules.policy()
    expect(rules.policy()).toBe(policy)
    rules.setMode('ask')
    expect(rules.policy()).not.toBe(policy)
  })
})
