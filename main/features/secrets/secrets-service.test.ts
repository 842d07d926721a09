import { describe, expect, it, vi } from 'vitest'
import { AppError } from '#shared/errors.ts'
import type { AuditFacts } from '../../platform/audit/audit-entry.ts'
import { FakeAudit } from '../../platform/audit/fake-audit.ts'
import { FakeClock } from '../../platform/clock/fake-clock.ts'
import { VaultSecrets } from '../../platform/secrets/vault-secrets.ts'
import { openFakeStorage } from '../../platform/storage/fake-storage.ts'
import type { Storage } from '../../platform/storage/storage.ts'
import { FakeVault } from '../../platform/vault/fake-vault.ts'
import { SecretsService } from './secrets-service.ts'

const day = 86_400_000

function start(change: Partial<Storage> = {}) {
  const clock = new FakeClock()
  const audit = new FakeAudit()
  const storage = Object.assign(Object.create(openFakeStorage(clock)) as Storage, change)
  const secrets = new VaultSecrets({ storage: openFakeStorage(clock), vault: new FakeVault(), audit, clock, looksSecret: () => false })
  const readAudit = (): AuditFacts[] =>
    audit.events.map((event, index) => ({ sequence: index, at: index, uptime: 0, kind: event.kind, actor: event.actor, outcome: event.outcome, subject: event.subject ?? null, details: event.details ? JSON.stringify(event.details) : null })).reverse()
  return { clock, secrets, service: new SecretsService({ secrets, storage, clock, readAudit }) }
}

describe('SecretsService', () => {
  it('yields what is kept and each change, with states and never a value', async () => {
    const { clock, service, secrets } = start()
    const events = service.watch()
    expect((await events.next()).value).toEqual({ type: 'snapshot', isLocked: false, secrets: [] })
    const inDays = (count: number): Date => new Date(clock.now().getTime() + count * day)
    service.add({ name: 'a', description: 'registry', value: 'canary-1', expiresAt: inDays(20) })
    expect((await events.next()).value?.secrets).toMatchObject([{ name: 'a', description: 'registry', state: 'valid', uses: 0 }])
    service.setExpiry('a', inDays(14))
    const soon = await events.next()
    expect(soon.value?.secrets[0]?.state).toBe('expires-soon')
    await secrets.use('a', { actor: 'network', why: 'a test' }, () => undefined)
    expect((await events.next()).value?.secrets[0]?.uses).toBe(1)
    service.rotate('a', 'canary-2')
    expect(JSON.stringify((await events.next()).value)).not.toMatch(/canary|sealed/)
    service.delete('a')
    expect((await events.next()).value?.secrets).toEqual([])
    await events.return()
  })

  it('tells when one comes to its end by itself', async () => {
    vi.useFakeTimers()
    try {
      const { clock, service } = start()
      service.add({ name: 'a', description: '', value: 'canary-1', expiresAt: new Date(clock.now().getTime() + day) })
      const events = service.watch()
      expect((await events.next()).value?.secrets[0]?.state).toBe('expires-soon')
      const next = events.next()
      clock.advance(day)
      vi.advanceTimersByTime(60_000)
      expect((await next).value?.secrets[0]?.state).toBe('expired')
      await events.return()
    } finally {
      vi.useRealTimers()
    }
  })

  it('tells what the audit log knows of one secret', async () => {
    const { clock, service, secrets } = start()
    service.add({ name: 'a', description: '', value: 'canary-1', expiresAt: new Date(clock.now().getTime() + day) })
    service.add({ name: 'ab', description: '', value: 'canary-1', expiresAt: null })
    await secrets.use('a', { actor: 'network', why: 'for api.corp.io' }, () => undefined)
    clock.advance(day)
    await secrets.use('a', { actor: 'network', why: 'for api.corp.io' }, () => undefined).catch(() => undefined)
    service.rotate('a', 'canary-2')
    service.setExpiry('a', null)
    service.delete('a')
    expect(service.history('a').map(({ action, actor, outcome, detail }) => [action, actor, outcome, detail].join('; '))).toEqual([
      'deleted; person; done; ',
      'expiry set; person; done; never ends',
      'rotated; person; done; value 2',
      'used; network; refused; for api.corp.io (expired)',
      'used; network; allowed; for api.corp.io',
      'added; person; done; ends 2026-01-02',
    ])
  })

  it('says that the vault is locked', async () => {
    const { service } = start({ problem: new AppError('STORAGE_LOCKED', { path: 'cortex.db', reason: 'no key' }) })
    const events = service.watch()
    expect((await events.next()).value).toEqual({ type: 'snapshot', isLocked: true, secrets: [] })
    await events.return()
  })
})
