import { describe, expect, it } from 'vitest'
import type { PrivacyState } from '#shared/contract/privacy.ts'
import { AppError } from '#shared/errors.ts'
import { openFakeStorage } from '../../platform/storage/fake-storage.ts'
import { LockedStorage } from '../../platform/storage/locked-storage.ts'
import { ObservedLauncher } from '../../platform/workers/observed-launcher.ts'
import type { WorkerExit, WorkerProcess, WorkerSpec } from '../../platform/workers/worker-launcher.ts'
import { PrivacyService } from './privacy-service.ts'

function launcher(isNetworkDenied: boolean) {
  const exits: ((exit: WorkerExit) => void)[] = []
  const process: WorkerProcess = { pid: 1, isNetworkDenied, postMessage: () => undefined, onMessage: () => undefined, onExit: listener => void exits.push(listener), stop: async () => undefined }
  const observed = new ObservedLauncher({ launch: async () => process })
  return { observed, die: () => exits.forEach(exit => exit({ code: null, signal: 'SIGKILL' })) }
}

const spec = (name: string): WorkerSpec => ({ name, entry: name, env: {}, isNetworkDenied: true })
const level = (state: PrivacyState, process: string): string | undefined => state.enforcement.find(item => item.process === process)?.level

describe('PrivacyService', () => {
  it('claims nothing of a model that does not run', () => {
    const state = new PrivacyService({ hostKind: 'node', launcher: launcher(true).observed, storage: openFakeStorage() }).state()
    expect(state.isModelIsolated).toBe(false)
    expect(Object.fromEntries(state.enforcement.map(item => [item.process, item.level]))).toEqual({ page: 'browser', host: 'design', inference: 'none', terminal: 'none', storage: 'none' })
  })

  it('says that the system isolates the model only while it does', async () => {
    const { observed, die } = launcher(true)
    const events = new PrivacyService({ hostKind: 'node', launcher: observed, storage: openFakeStorage() }).watch()
    const next = async (): Promise<PrivacyState> => (await events.next()).value as PrivacyState
    expect((await next()).isModelIsolated).toBe(false)
    await observed.launch(spec('inference'))
    const running = await next()
    expect(running.isModelIsolated).toBe(true)
    expect(level(running, 'inference')).toBe('os')
    die()
    expect((await next()).isModelIsolated).toBe(false)
    await events.return()
  })

  it('does not claim isolation that the system refused, nor that of another process', async () => {
    const refused = launcher(false).observed
    const service = new PrivacyService({ hostKind: 'node', launcher: refused, storage: openFakeStorage() })
    await refused.launch(spec('pty'))
    expect(level(service.state(), 'inference')).toBe('none')
    await refused.launch(spec('inference'))
    expect(service.state().isModelIsolated).toBe(false)
    expect(level(service.state(), 'inference')).toBe('design')
  })

  it('does not call a key beside the database protection, and says when nothing is kept', () => {
    const { observed } = launcher(true)
    const open = new PrivacyService({ hostKind: 'electron', launcher: observed, storage: openFakeStorage() }).state()
    expect(open.enforcement.find(item => item.process === 'storage')).toMatchObject({ level: 'none', statement: expect.stringContaining('protects nothing against somebody who can use your account') })
    const shut = new PrivacyService({ hostKind: 'electron', launcher: observed, storage: new LockedStorage(new AppError('STORAGE_DAMAGED', { path: '/db' })) }).state()
    expect(shut.enforcement.find(item => item.process === 'storage')?.statement).toContain('not kept')
  })
})
