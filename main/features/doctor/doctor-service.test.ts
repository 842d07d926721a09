import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { AuditReport } from '#shared/contract/audit.ts'
import type { Hardware } from '#shared/contract/hardware.ts'
import type { SlotKind } from '#shared/contract/vault.ts'
import { systemClock } from '../../platform/clock/clock.ts'
import { absentKeychain } from '../../platform/keychain/absent-keychain.ts'
import { FakeKeychain } from '../../platform/keychain/fake-keychain.ts'
import { FakeLog } from '../../platform/log/fake-log.ts'
import { DoctorService } from './doctor-service.ts'
import { hardwareChecks } from './hardware-checks.ts'
import { auditCheck, storageChecks } from './kept-checks.ts'

const folders: string[] = []
afterEach(() => folders.splice(0).forEach(folder => rmSync(folder, { recursive: true })))

const well = { problem: null, restored: null, damaged: [], backupProblem: null, backups: [] }
const report = (findings: AuditReport['findings'] = []): AuditReport => ({ at: new Date(0), entries: 7, seals: 1, firstSequence: 1, lastSequence: 7, milliseconds: 1, findings })
const edited = (isNoted: boolean): AuditReport['findings'][number] => ({ finding: 'edited', from: 2, to: 2, field: 'content', isNoted })

describe('what is kept', () => {
  const statuses = (more: object) => storageChecks({ ...well, ...more }).map(({ name, status }) => [name, status])

  it('is well, or says each thing that is not, and what to do', () => {
    expect(statuses({})).toEqual([['Database', 'ok'], ['Backups', 'ok']])
    expect(statuses({ restored: { at: new Date(1e12), backupAt: new Date(1e12), setAside: 'cortex.db.damaged-1' }, damaged: ['cortex.db.damaged-1'] })).toEqual([['Database', 'ok'], ['Restored', 'warning'], ['Set aside', 'warning'], ['Backups', 'ok']])
    expect(statuses({ problem: { code: 'STORAGE_DAMAGED', data: { path: 'cortex.db' } } })[0]).toEqual(['Database', 'problem'])
    const [, failed] = storageChecks({ ...well, backupProblem: { code: 'STORAGE_FULL', data: { path: 'backup' } } })
    expect(failed).toMatchObject({ name: 'Backups', status: 'problem', next: expect.stringMatching(/./) })
    expect(storageChecks({ ...well, backups: [{ number: 1, at: new Date(1e12), reason: 'daily', sizeBytes: 1 }] })[1]?.found).toBe('1, the newest of 2001-09-09 01:46 UTC')
  })

  it('tells of an audit log that is whole, changed, changed and noted, not readable, or closed', () => {
    const of = (findings: AuditReport['findings']) => auditCheck({ entries: 7, problem: null }, report(findings))
    expect(of([])).toEqual({ name: 'Audit log', status: 'ok', found: '7 entries, as they were written', next: null })
    expect(of([edited(true), edited(false)])).toMatchObject({ status: 'problem', found: expect.stringContaining('edited') })
    expect(of([edited(true)]).status).toBe('warning')
    expect(auditCheck({ entries: 7, problem: null }, null).status).toBe('warning')
    expect(auditCheck({ entries: 0, problem: { code: 'STORAGE_LOCKED', data: { path: 'cortex.db', reason: 'locked' } } }, null).status).toBe('problem')
  })
})

const machine: Hardware = {
  cpu: { model: 'A processor', architecture: 'x64', physicalCores: 4, logicalCores: 8, usableCores: 2, features: ['AVX2'] },
  memory: { totalBytes: 16e9, availableBytes: 8e9, limitBytes: 12e9 },
  backends: [
    { backend: 'metal', isUsable: false, reason: 'other-system', detail: 'Metal is made for macOS.' },
    { backend: 'cuda', isUsable: true, reason: null, detail: null },
    { backend: 'vulkan', isUsable: false, reason: 'failed', detail: 'Its process ended.' },
    { backend: 'cpu', isUsable: true, reason: null, detail: null },
  ],
  gpus: [{ backend: 'cuda', names: ['A card'], totalBytes: 24e9, freeBytes: 20e9, unifiedBytes: 0 }],
  bandwidth: null,
  paces: [],
  isComplete: true,
  at: new Date(0),
}

describe('the hardware', () => {
  it('is told with what is usable, and with the reason where it is not', () => {
    expect(hardwareChecks(machine).map(({ name, status, found }) => [name, status, found])).toEqual([
      ['Processor', 'ok', 'A processor, 4 cores, 8 threads, 2 usable; AVX2'],
      ['Memory', 'ok', '8.0 GB of 16.0 GB free, limited to 12.0 GB'],
      ['Graphics by CUDA', 'ok', 'A card; 20.0 GB of 24.0 GB free'],
      ['Graphics by Vulkan', 'warning', 'not usable: Its process ended.'],
      ['llama.cpp on the processor', 'ok', 'usable'],
    ])
    const weak = hardwareChecks({ ...machine, cpu: { ...machine.cpu, features: ['AVX'] }, memory: { totalBytes: 2e9, availableBytes: 1e9, limitBytes: null } })
    expect(weak.slice(0, 2).map(({ status }) => status)).toEqual(['warning', 'warning'])
  })
})

function doctor({ slots = ['keychain', 'recovery'], isOpen = true, ...more }: { slots?: SlotKind[]; isOpen?: boolean } & Partial<Omit<ConstructorParameters<typeof DoctorService>[0], 'slots'>> = {}): DoctorService {
  const state = mkdtempSync(join(tmpdir(), 'doctor-'))
  folders.push(state)
  return new DoctorService({
    paths: { state, logs: join(state, 'logs'), resources: state, home: state },
    stored: () => well,
    auditState: () => ({ entries: 7, problem: null }),
    verifyAudit: async () => report(),
    vault: { isOpen },
    slots: () => slots,
    keychain: new FakeKeychain(),
    launcher: { launch: () => Promise.reject(new Error('no')) },
    inferenceConfinement: { network: 'none', files: 'own' },
    listModels: async () => [],
    hardware: async () => machine,
    node: () => process.execPath,
    isHostGuarded: () => true,
    clock: systemClock,
    log: new FakeLog(),
    ...more,
  })
}

describe('DoctorService', () => {
  const check = async (name: string, ...given: Parameters<typeof doctor>) => (await doctor(...given).check()).find(one => one.name === name)

  it('says plainly that a key lies unprotected, that a vault is locked, and that a way back is missing', async () => {
    expect(await check('Vault', { slots: ['file'] })).toMatchObject({ status: 'warning', found: expect.stringContaining('unprotected') })
    expect(await check('Vault', { isOpen: false, slots: ['passphrase'] })).toMatchObject({ status: 'problem', found: 'locked; passphrase' })
    expect(await check('Vault', { slots: ['keychain'] })).toMatchObject({ status: 'warning', next: expect.stringContaining('recovery code') })
    expect(await check('Vault')).toMatchObject({ status: 'ok', found: 'open; keychain, recovery code' })
  })

  it('looks at Node, the folder, the keychain, the models and the processes', async () => {
    expect(await check('Node', { nodeVersion: '22.1.0' })).toMatchObject({ status: 'problem' })
    expect(await check('State folder')).toMatchObject({ status: 'ok' })
    expect(await check('Keychain', { keychain: absentKeychain })).toMatchObject({ status: 'warning' })
    expect(await check('Keychain', { keychain: Object.assign(new FakeKeychain(), { confinement: () => ({ network: 'open', files: 'own' }) as const }) })).toMatchObject({ status: 'warning', found: expect.stringContaining('has a network') })
    expect(await check('Models')).toMatchObject({ status: 'problem' })
    expect(await check('Model process')).toMatchObject({ status: 'problem', found: 'it cannot be started' })
    expect(await check('Host', { isHostGuarded: () => false })).toMatchObject({ status: 'warning' })
    expect(await check('Audit log', { verifyAudit: () => Promise.reject(new Error('no')) })).toMatchObject({ status: 'warning' })
  })
})
