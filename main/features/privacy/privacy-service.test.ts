import { describe, expect, it } from 'vitest'
import type { PrivacyState, ProcessEnforcement } from '#shared/contract/privacy.ts'
import type { HostKind } from '../../platform/host.ts'
import { Listeners } from '../../platform/live/listeners.ts'
import { asItIs, unconfined, type Enforced } from '../../platform/workers/confinement.ts'
import { ObservedLauncher } from '../../platform/workers/observed-launcher.ts'
import type { WorkerExit, WorkerProcess, WorkerSpec } from '../../platform/workers/worker-launcher.ts'
import { PrivacyService } from './privacy-service.ts'

const confined: Enforced = { by: 'bubblewrap', network: 'none', reads: ['/models/a.gguf'], reason: null }

function setUp(enforced: Enforced = confined, { hostKind = 'node', isEnforcementOff = false, isGuarded = true, hasKeychain = true }: { hostKind?: HostKind; isEnforcementOff?: boolean; isGuarded?: boolean; hasKeychain?: boolean } = {}) {
  const exits: ((exit: WorkerExit) => void)[] = []
  const process: WorkerProcess = { pid: 7, enforced, postMessage: () => undefined, onMessage: () => undefined, onExit: listener => void exits.push(listener), stop: async () => undefined }
  const launcher = new ObservedLauncher({ launch: async () => process })
  const changes = new Listeners<void>()
  let model: string | null = null
  const service = new PrivacyService({ hostKind, launcher, isEnforcementOff, isHostGuarded: () => isGuarded, modelName: () => model, onModelChange: listener => changes.add(listener), hasKeychain })
  const choose = (name: string): void => {
    model = name
    changes.tell()
  }
  return { service, launcher, choose, tell: () => changes.tell(), die: () => exits.forEach(exit => exit({ code: null, signal: 'SIGKILL' })) }
}

const spec = (name: string): WorkerSpec => ({ name, entry: name, env: {}, confinement: unconfined })
const row = (state: PrivacyState, process: ProcessEnforcement['process']) => state.processes.find(item => item.process === process)

describe('PrivacyService', () => {
  it('claims nothing of a model that does not run', () => {
    const state = setUp().service.state()
    expect(state.isModelIsolated).toBe(false)
    expect(row(state, 'inference')).toMatchObject({ isRunning: false, pid: null, enforcedBy: 'nothing' })
    expect(state.processes.map(item => item.process)).toEqual(['inference', 'page', 'host', 'keeper', 'keychain', 'terminal'])
  })

  it('says what the system keeps the model from, only while it does', async () => {
    const { service, launcher, choose, tell, die } = setUp()
    const events = service.watch()
    const next = async (): Promise<PrivacyState> => (await events.next()).value as PrivacyState
    expect((await next()).isModelIsolated).toBe(false)
    choose('Starter')
    expect(row(await next(), 'inference')?.name).toBe('Model (Starter)')
    await launcher.launch(spec('inference'))
    const running = await next()
    expect(running.isModelIsolated).toBe(true)
    expect(row(running, 'inference')).toEqual({ process: 'inference', name: 'Model (Starter)', pid: 7, isRunning: true, hasRun: false, network: 'none', enforcedBy: 'bubblewrap', files: 'model', reason: null })
    // What changes nothing is not told.
    tell()
    die()
    expect((await next()).isModelIsolated).toBe(false)
    await events.return()
  })

  it('does not claim isolation that the system refused, nor that of another process', async () => {
    const { service, launcher } = setUp(asItIs('bubblewrap is not installed.').enforced, { isEnforcementOff: true })
    await launcher.launch(spec('pty'))
    expect(row(service.state(), 'inference')?.isRunning).toBe(false)
    expect(row(service.state(), 'terminal')).toMatchObject({ pid: 7, network: 'yours', enforcedBy: 'nothing', files: 'yours' })
    await launcher.launch(spec('inference'))
    expect(service.state()).toMatchObject({ isModelIsolated: false, isEnforcementOff: true })
    expect(row(service.state(), 'inference')).toMatchObject({ network: 'open', enforcedBy: 'nothing', files: 'yours', reason: 'bubblewrap is not installed.' })
  })

  it('calls a network without files confined what it is', async () => {
    const { service, launcher } = setUp({ by: 'namespace', network: 'none', reads: null, reason: 'bubblewrap is not installed.' })
    await launcher.launch(spec('inference'))
    expect(service.state().isModelIsolated).toBe(true)
    expect(row(service.state(), 'inference')).toMatchObject({ enforcedBy: 'namespace', files: 'yours', reason: 'bubblewrap is not installed.' })
  })

  it('says of a worker that has ended what held while it ran, and of a keychain that is asked with a network why', async () => {
    const { service, launcher, die } = setUp({ by: 'bubblewrap', network: 'none', reads: null, reason: null })
    expect(row(service.state(), 'keeper')).toMatchObject({ isRunning: false, hasRun: false, enforcedBy: 'nothing' })
    await launcher.launch(spec('keeper'))
    expect(row(service.state(), 'keeper')).toEqual({ process: 'keeper', name: 'Database worker', pid: 7, isRunning: true, hasRun: false, network: 'none', enforcedBy: 'bubblewrap', files: 'yours', reason: null })
    die()
    expect(row(service.state(), 'keeper')).toMatchObject({ pid: null, isRunning: false, hasRun: true, network: 'none', enforcedBy: 'bubblewrap' })
    const open = setUp(asItIs(null).enforced)
    await open.launcher.launch(spec('keychain'))
    expect(row(open.service.state(), 'keychain')).toMatchObject({ network: 'open', enforcedBy: 'nothing', reason: expect.stringContaining('session bus') })
    expect(row(setUp(confined, { hasKeychain: false }).service.state(), 'keychain')).toBeUndefined()
  })

  it('calls the host guarded only while it is', () => {
    expect(row(setUp().service.state(), 'host')).toMatchObject({ network: 'mode', enforcedBy: 'guard', reason: expect.stringContaining('the operating system would not stop it') })
    expect(row(setUp(confined, { isGuarded: false }).service.state(), 'host')).toMatchObject({ network: 'open', enforcedBy: 'nothing' })
  })

  it('says what a plain browser tab may still do, and that a window may not', () => {
    expect(row(setUp().service.state(), 'page')?.reason).toContain('WebRTC')
    expect(row(setUp(confined, { hostKind: 'electron' }).service.state(), 'page')?.reason).toBeNull()
  })
})
