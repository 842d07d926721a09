import { beforeEach, describe, expect, it } from 'vitest'
import type { FolderTrust } from '#shared/contract/trust.ts'
import { AppError } from '#shared/errors.ts'
import { FakeAudit } from '../../platform/audit/fake-audit.ts'
import { FakeClock } from '../../platform/clock/fake-clock.ts'
import { FakeFiles } from '../../platform/files/fake-files.ts'
import { openFakeStorage } from '../../platform/storage/fake-storage.ts'
import { LockedStorage } from '../../platform/storage/locked-storage.ts'
import type { Storage } from '../../platform/storage/storage.ts'
import { TrustService } from './trust-service.ts'

let storage: Storage
let audit: FakeAudit
const folders: Record<string, string> = { app: '/home/me/code/app', deep: '/home/me/code/app/deep', twin: '/home/me/code/app-evil', home: '/home/me/here', top: '/srv' }
const service = (): TrustService =>
  new TrustService({ files: new FakeFiles(), storage, audit, clock: new FakeClock(), home: '/home/me', workspaces: { get: async id => ({ path: folders[id] ?? '/nowhere' }) } })
const state = async (trust: TrustService, id: string): Promise<FolderTrust> => {
  const events = await trust.watch(id)
  const { value } = await events.next()
  await events.return()
  return value as FolderTrust
}

beforeEach(() => {
  storage = openFakeStorage()
  audit = new FakeAudit()
})

describe('TrustService', () => {
  it('restricts every folder until it is trusted, and keeps trust over a restart', async () => {
    const trust = service()
    expect(await trust.mayRun('app')).toBe(false)
    expect(await state(trust, 'app')).toEqual({ type: 'snapshot', isTrusted: false, through: null, parent: '~/code' })
    await trust.grant('app', 'folder')
    expect(await service().mayRun('app')).toBe(true)
    expect(audit.events).toEqual([{ kind: 'trust.grant', actor: 'person', outcome: 'done', subject: '~/code/app' }])
  })

  it('covers what lies below, and nothing that only begins with the same letters', async () => {
    const trust = service()
    await trust.grant('app', 'folder')
    expect([await trust.mayRun('deep'), await trust.mayRun('twin'), await trust.mayRun('top')]).toEqual([true, false, false])
    expect((await state(trust, 'deep')).through).toBe('~/code/app')
  })

  it('offers the folder above, but never the home folder or the root of the disk', async () => {
    const trust = service()
    expect([(await state(trust, 'home')).parent, (await state(trust, 'top')).parent]).toEqual([null, null])
    await trust.grant('home', 'parent')
    expect([trust.isTrusted('/home/me/here'), trust.isTrusted('/home/me')]).toEqual([true, false])
    await trust.grant('app', 'parent')
    expect(await trust.mayRun('twin')).toBe(true)
    await trust.revoke('twin')
    expect([await trust.mayRun('twin'), await trust.mayRun('app')]).toEqual([false, false])
    expect(audit.kinds()).toEqual(['trust.grant', 'trust.grant', 'trust.revoke'])
  })

  it('lists what is trusted, and takes trust from a folder that is gone', async () => {
    const trust = service()
    await trust.grant('app', 'folder')
    expect(trust.list()).toMatchObject([{ path: '/home/me/code/app', displayPath: '~/code/app', grantedAt: new FakeClock().now() }])
    trust.revokePath('/home/me/code')
    expect(await trust.mayRun('app')).toBe(true)
    trust.revokePath('/home/me/code/app')
    expect([trust.list(), await trust.mayRun('deep'), audit.kinds()]).toEqual([[], false, ['trust.grant', 'trust.revoke']])
  })

  it('tells who watches', async () => {
    const trust = service()
    const events = await trust.watch('app')
    expect((await events.next()).value).toMatchObject({ isTrusted: false })
    await trust.grant('app', 'folder')
    expect((await events.next()).value).toMatchObject({ isTrusted: true, through: '~/code/app' })
    await events.return()
    trust.dispose()
  })

  it('restricts a folder though that cannot be recorded', async () => {
    const trust = service()
    await trust.grant('app', 'folder')
    audit.fault = new AppError('STORAGE_FULL', { path: '/db' })
    await trust.revoke('app')
    expect(await trust.mayRun('app')).toBe(false)
  })

  it('trusts nothing and grants nothing while the database is shut, or when it cannot be recorded', async () => {
    audit.fault = new AppError('STORAGE_FULL', { path: '/db' })
    await expect(service().grant('app', 'folder')).rejects.toMatchObject({ code: 'STORAGE_FULL' })
    audit.fault = null
    expect(await service().mayRun('app')).toBe(false)
    storage = new LockedStorage(new AppError('STORAGE_DAMAGED', { path: '/db' }))
    const locked = service()
    expect(await locked.mayRun('app')).toBe(false)
    await expect(locked.grant('app', 'folder')).rejects.toMatchObject({ code: 'STORAGE_DAMAGED' })
    expect(audit.events).toEqual([])
  })
})
