import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { quickPassphraseCost } from '../../../tests/support/quick-passphrase-cost.ts'
import type { VaultState } from '#shared/contract/vault.ts'
import { AppError } from '#shared/errors.ts'
import { FakeAudit } from '../../platform/audit/fake-audit.ts'
import { FakeClock } from '../../platform/clock/fake-clock.ts'
import { FakeKeychain } from '../../platform/keychain/fake-keychain.ts'
import { openVault } from '../../platform/vault/open-vault.ts'
import { VaultService } from './vault-service.ts'

let folder: string
beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'vault-service-'))
})
afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true })
})

const passphrase = 'four words of nonsense'

async function start(keychain = new FakeKeychain()) {
  const clock = new FakeClock()
  const audit = new FakeAudit()
  const { slots } = await openVault(folder, { keychain, clock, cost: quickPassphraseCost })
  return { audit, clock, keychain, slots, service: new VaultService({ slots, keychain, audit, clock, onSlots: () => undefined }) }
}

describe('VaultService', () => {
  it('tells its state and each change, with the real name of the keychain', async () => {
    const { service } = await start()
    const states = service.watch()
    const next = async (): Promise<VaultState> => (await states.next()).value as VaultState
    expect(await next()).toMatchObject({ status: 'open', reason: null, isProtected: true, keychain: 'Fake keychain', slots: [{ kind: 'keychain', backend: 'Fake keychain' }] })
    await service.makeRecoveryCode()
    expect((await next()).slots.map(slot => slot.kind)).toEqual(['keychain', 'recovery'])
    service.lock()
    expect(await next()).toMatchObject({ status: 'locked', reason: 'locked-by-person' })
    await states.return()
    service.dispose()
  })

  it('calls a key file unprotected', async () => {
    const keychain = new FakeKeychain()
    keychain.mode = 'absent'
    const { service } = await start(keychain)
    expect(service.state()).toMatchObject({ isProtected: false, slots: [{ kind: 'file' }], keychain: null })
    await service.setPassphrase(passphrase, null)
    expect(service.state()).toMatchObject({ isProtected: true })
  })

  it('records what was done, never a passphrase or a code, and what was refused while the log was shut', async () => {
    const { service, audit, keychain, clock } = await start()
    await service.setPassphrase(passphrase, null)
    const { recoveryCode } = await service.makeRecoveryCode()
    await service.removeSlot('keychain')
    service.lock()
    await expect(service.unlock('wrong')).rejects.toMatchObject({ code: 'VAULT_WRONG_PASSPHRASE' })
    await expect(service.unlock('wrong')).rejects.toMatchObject({ code: 'VAULT_WRONG_PASSPHRASE' })
    await service.unlock(passphrase)
    await expect(service.rotate('wrong')).rejects.toMatchObject({ code: 'VAULT_WRONG_PASSPHRASE' })
    await service.rotate(passphrase)
    service.lock()
    service.lock()
    await expect(service.recover(recoveryCode)).rejects.toMatchObject({ code: 'VAULT_WRONG_CODE' })
    expect(service.state().retryAt).toBeNull()
    await service.unlock(passphrase)
    expect(audit.kinds()).toEqual([
      'vault.slot-add', 'vault.slot-add', 'vault.slot-remove', 'vault.lock', 'vault.refuse', 'vault.unlock', 'vault.refuse', 'vault.rekey', 'vault.lock', 'vault.refuse', 'vault.unlock',
    ])
    expect(audit.events[4]).toMatchObject({ outcome: 'refused', details: { tries: 2 } })
    expect(JSON.stringify(audit.events)).not.toMatch(new RegExp(`${passphrase}|wrong|${recoveryCode}`))
    keychain.mode = 'hangs'
    clock.advance(1000)
    await expect(service.useKeychain()).rejects.toMatchObject({ code: 'KEYCHAIN_UNAVAILABLE' })
  })

  it('asks the keychain again, and says when the next try is heard', async () => {
    const keychain = new FakeKeychain()
    const first = await start(keychain)
    await first.service.setPassphrase(passphrase, null)
    keychain.mode = 'locked'
    const { service, clock } = await start(keychain)
    expect(service.state()).toMatchObject({ status: 'locked', reason: 'keychain-locked' })
    await expect(service.tryKeychain()).rejects.toMatchObject({ code: 'STORAGE_LOCKED', data: { reason: 'its keychain is locked' } })
    for (let index = 0; index < 3; index++) await service.unlock('wrong').catch(() => undefined)
    expect(service.state().retryAt).toEqual(new Date(clock.now().getTime() + 2000))
    keychain.mode = 'works'
    await service.tryKeychain()
    expect(service.state().status).toBe('open')
    service.lock()
    await expect(service.recover('x')).rejects.toMatchObject({ code: 'VAULT_SLOT_MISSING' })
  })

  it('locks where the log cannot be written', async () => {
    const { service, audit, slots } = await start()
    await service.setPassphrase(passphrase, null)
    audit.fault = new AppError('STORAGE_FULL', { path: '/x' })
    service.lock()
    expect(slots.vault.isOpen).toBe(false)
    audit.fault = null
    await service.unlock(passphrase)
    // It reached the log and could not be made durable.
    audit.flush = () => { throw new AppError('STORAGE_FULL', { path: '/x' }) }
    service.lock()
    expect([slots.vault.isOpen, audit.kinds().at(-1)]).toEqual([false, 'vault.lock'])
  })

  it('records wrong tries of earlier starts when the vault opens, by whatever way, once', async () => {
    const keychain = new FakeKeychain()
    const first = await start(keychain)
    await first.service.setPassphrase(passphrase, null)
    keychain.mode = 'locked'
    const second = await start(keychain)
    for (let index = 0; index < 2; index++) await second.service.unlock('wrong').catch(() => undefined)
    const third = await start(keychain)
    await third.service.unlock('wrong').catch(() => undefined)
    third.clock.advance(2000)
    third.audit.flush = () => { throw new AppError('STORAGE_FULL', { path: '/x' }) }
    await third.service.unlock(passphrase)
    expect(third.audit.events.filter(event => event.kind === 'vault.refuse')).toMatchObject([{ details: { tries: 3 } }])
    // What did not reach the disk is told again.
    keychain.mode = 'works'
    expect((await start(keychain)).audit.events).toMatchObject([{ kind: 'vault.refuse', details: { tries: 3 } }])
    expect((await start(keychain)).audit.events).toEqual([])
  })

  it('says where the keychain keeps an entry that nothing needs any more', async () => {
    const { service, keychain, slots } = await start()
    await service.setPassphrase(passphrase, null)
    keychain.mode = 'locked'
    expect(await service.removeSlot('keychain')).toEqual({ isKeychainEntryLeft: true })
    expect([keychain.entries.size, slots.has('keychain')]).toEqual([1, false])
    keychain.mode = 'works'
    await service.useKeychain()
    expect(await service.removeSlot('keychain')).toEqual({ isKeychainEntryLeft: false })
  })

  it('does not lock what nobody could open', async () => {
    const { service } = await start()
    expect(() => service.lock()).toThrow('VAULT_NOTHING_TO_UNLOCK')
  })
})
