import { setTimeout as sleep } from 'node:timers/promises'
import { implement } from '@orpc/server'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Terminal, TerminalOutput } from '#shared/contract/terminals.ts'
import { AppError } from '#shared/errors.ts'
import { mapErrors } from '#shared/map-errors.ts'
import { pty, type PtyExit, type PtyOutput } from '../../../native/pty/contract.ts'
import { systemClock } from '../../platform/clock/clock.ts'
import { FakeLog } from '../../platform/log/fake-log.ts'
import { unconfined } from '../../platform/workers/confinement.ts'
import { FakeLauncher } from '../../platform/workers/fake-launcher.ts'
import { SupervisedWorker } from '../../platform/workers/supervised-worker.ts'
import { chooseShell } from './choose-shell.ts'
import { killShell } from './kill-shell.ts'
import { shellEnvironment } from './shell-environment.ts'
import { TerminalsService } from './terminals-service.ts'

/** A pty worker that remembers what it was told, for one life of its process. */
class FakePty {
  readonly calls: unknown[] = []
  readonly outputs = new Map<string, (event: PtyOutput) => void>()
  exit: (exit: PtyExit) => void = () => undefined

  router() {
    const os = implement(pty).use(mapErrors)
    const note = (name: string) => ({ input }: { input: unknown }) => void this.calls.push([name, input])
    return os.router({
      start: os.start.handler(({ input }) => {
        this.calls.push(['start', input])
        if (input.shell === '/broken') throw new AppError('TERMINAL_START_FAILED', { shell: input.shell, reason: 'it does not exist' })
        return { pid: 4242 + this.calls.length }
      }),
      watchExits: os.watchExits.handler(({ signal }) => stream<PtyExit>(signal, push => (this.exit = push))),
      attach: os.attach.handler(({ input, signal }) =>
        stream<PtyOutput>(signal, push => {
          this.outputs.set(input.id, push)
          push({ type: 'snapshot', replay: '\x1bc', position: 0, columns: 80, rows: 24 })
        }),
      ),
      acknowledge: os.acknowledge.handler(note('acknowledge')),
      write: os.write.handler(note('write')),
      resize: os.resize.handler(note('resize')),
      close: os.close.handler(note('close')),
    })
  }
}

async function* stream<T>(signal: AbortSignal | undefined, start: (push: (value: T) => void) => void): AsyncGenerator<T> {
  const waiting: T[] = []
  let wake: () => void = () => undefined
  start(value => {
    waiting.push(value)
    wake()
  })
  signal?.addEventListener('abort', () => wake())
  while (!signal?.aborted) {
    const next = waiting.shift()
    if (next) yield next
    else await new Promise<void>(resolve => (wake = resolve))
  }
}

function setUp(shell = '') {
  const ptys: FakePty[] = []
  const launcher = new FakeLauncher({
    pty: () => {
      const made = new FakePty()
      ptys.push(made)
      return made.router()
    },
  })
  const worker = new SupervisedWorker<typeof pty>({ launcher, clock: systemClock, log: new FakeLog(), spec: { name: 'pty', entry: 'pty', env: {}, confinement: unconfined } })
  const killed: number[] = []
  const service = new TerminalsService({
    worker,
    workspaces: {
      get: async workspaceId => {
        if (!workspaceId.startsWith('w')) throw new AppError('WORKSPACE_NOT_FOUND', { workspaceId })
        return { path: `/folder/${workspaceId}` }
      },
    },
    settings: { values: async () => ({ 'terminal.shell': shell }) },
    clock: systemClock,
    environment: { SHELL: '/bin/sh', PATH: '/bin', CORTEX_TOKEN: 'secret', HOME: '/home/me' },
    killShell: pid => killed.push(pid),
  })
  return { launcher, ptys, service, worker, killed }
}

const size = { columns: 80, rows: 24 }
const failure = (promise: Promise<unknown>) => promise.then(
  value => ({ value }),
  (error: unknown) => error,
)

/** The newest snapshot, kept up to date until the signal aborts. */
function follow(service: TerminalsService, workspaceId: string, signal: AbortSignal) {
  const seen: Terminal[][] = []
  void (async () => {
    for await (const event of await service.watch(workspaceId, signal)) seen.push(event.terminals)
  })()
  return { latest: () => seen.at(-1) }
}

describe('TerminalsService', () => {
  let controller = new AbortController()
  beforeEach(() => void (controller = new AbortController()))
  afterEach(() => {
    controller.abort()
    vi.useRealTimers()
  })

  it('starts the shell in the folder of the workspace, with the environment of the person', async () => {
    const { service, ptys } = setUp()
    const terminal = await service.create({ workspaceId: 'w1', ...size })
    expect(terminal).toMatchObject({ workspaceId: 'w1', title: 'sh', shell: '/bin/sh', cwd: '/folder/w1', exit: null, ...size })
    const [, input] = ptys[0]!.calls[0] as [string, { env: Record<string, string> }]
    expect(input).toMatchObject({ id: terminal.id, shell: '/bin/sh', cwd: '/folder/w1', ...size })
    expect(input.env).toMatchObject({ HOME: '/home/me', TERM: 'xterm-256color', COLORTERM: 'truecolor' })
    expect(JSON.stringify(input.env)).not.toContain('secret')
  })

  it('refuses unknown workspaces, unknown terminals, terminals of another workspace and shells that do not start', async () => {
    const { service } = setUp()
    expect(await failure(service.create({ workspaceId: 'none', ...size }))).toMatchObject({ code: 'WORKSPACE_NOT_FOUND' })
    expect(await failure(service.watch('none'))).toMatchObject({ code: 'WORKSPACE_NOT_FOUND' })
    const { id } = await service.create({ workspaceId: 'w1', ...size })
    for (const named of [{ workspaceId: 'w1', terminalId: 'none' }, { workspaceId: 'w2', terminalId: id }]) {
      expect(await failure(service.attach(named))).toMatchObject({ code: 'TERMINAL_NOT_FOUND', data: { id: named.terminalId } })
      expect(await failure(service.write({ ...named, data: 'x' }))).toMatchObject({ code: 'TERMINAL_NOT_FOUND' })
      expect(await failure(service.close(named))).toMatchObject({ code: 'TERMINAL_NOT_FOUND' })
      expect(() => service.rename({ ...named, title: 'x' })).toThrow('TERMINAL_NOT_FOUND')
    }
    expect(await failure(setUp('/broken').service.create({ workspaceId: 'w1', ...size }))).toMatchObject({ name: 'AppError', code: 'TERMINAL_START_FAILED', data: { shell: '/broken' } })
  })

  it('shows each workspace its own terminals, as they are made, named, sized, ended and closed', async () => {
    const { service, ptys } = setUp()
    const one = follow(service, 'w1', controller.signal)
    const two = follow(service, 'w2', controller.signal)
    await sleep(5)
    expect(one.latest()).toEqual([])
    const { id } = await service.create({ workspaceId: 'w1', ...size })
    const named = { workspaceId: 'w1', terminalId: id }
    expect(service.rename({ ...named, title: 'server' })).toMatchObject({ title: 'server' })
    await service.resize({ ...named, columns: 100, rows: 30 })
    await sleep(5)
    expect(one.latest()).toMatchObject([{ id, title: 'server', columns: 100, rows: 30, exit: null }])
    expect(two.latest()).toEqual([])
    ptys[0]!.exit({ id, code: 3, signal: null })
    ptys[0]!.exit({ id: 'unknown', code: 3, signal: null })
    await sleep(20)
    expect(one.latest()).toMatchObject([{ exit: { reason: 'shell-ended', code: 3, signal: null } }])
    await service.close(named)
    await sleep(5)
    expect(one.latest()).toEqual([])
    expect(ptys[0]!.calls.at(-1)).toEqual(['close', { id }])
  })

  it('never takes a title from the output', async () => {
    const { service, ptys } = setUp()
    const { id } = await service.create({ workspaceId: 'w1', ...size })
    const list = follow(service, 'w1', controller.signal)
    const output = await service.attach({ workspaceId: 'w1', terminalId: id })
    await output.next()
    ptys[0]!.outputs.get(id)!({ type: 'data', data: '\x1b]0;owned\x07\x1b]2;owned\x07', position: 20 })
    expect((await output.next()).value).toMatchObject({ type: 'data' })
    expect(list.latest()).toMatchObject([{ title: 'sh' }])
    await output.return(undefined)
  })

  it('writes nothing but what it was given, in order, whatever the output says', async () => {
    const hostile = fc.constantFrom('\x1b[6n', '\x1b[c', '\x1b[>c', '\x1b]52;c;?\x07', '\x1bP$q"p\x1b\\', '\x1b[21t', '\x05', '\x1b]50;?\x07', '\x1b]10;?\x07', '\x1b]633;E;rm\x07')
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(fc.record({ output: fc.oneof(hostile, fc.string()) }), fc.record({ typed: fc.string({ minLength: 1 }) })), { maxLength: 40 }), async steps => {
        const { service, ptys, worker } = setUp()
        const { id } = await service.create({ workspaceId: 'w1', ...size })
        const named = { workspaceId: 'w1', terminalId: id }
        const output = await service.attach(named)
        await output.next()
        let position = 0
        const writes: Promise<void>[] = []
        for (const step of steps) {
          if ('typed' in step) writes.push(service.write({ ...named, data: step.typed }))
          else ptys[0]!.outputs.get(id)!({ type: 'data', data: step.output, position: (position += step.output.length) })
        }
        await Promise.all(writes)
        const written = ptys[0]!.calls.filter(call => (call as [string])[0] === 'write').map(call => (call as [string, { data: string }])[1].data)
        expect(written).toEqual(steps.flatMap(step => ('typed' in step ? [step.typed] : [])))
        await output.return(undefined)
        service.dispose()
        await worker.dispose()
      }),
      { numRuns: 30 },
    )
  })

  it('passes acknowledgements on under the name of the attachment', async () => {
    const { service, ptys } = setUp()
    const { id } = await service.create({ workspaceId: 'w1', ...size })
    const named = { workspaceId: 'w1', terminalId: id }
    const output = await service.attach(named)
    const first = (await output.next()).value as Extract<TerminalOutput, { type: 'snapshot' }>
    await service.acknowledge({ ...named, attachmentId: first.attachmentId, position: 7 })
    expect(ptys[0]!.calls.at(-1)).toEqual(['acknowledge', { id, attachmentId: first.attachmentId, position: 7 }])
    await output.return(undefined)
  })

  it('survives a crash of the worker: streams end typed, terminals say how they ended, new ones start', async () => {
    const { service, ptys, launcher, killed } = setUp()
    const ended = await service.create({ workspaceId: 'w1', ...size })
    const running = await service.create({ workspaceId: 'w1', ...size })
    const list = follow(service, 'w1', controller.signal)
    await sleep(20)
    ptys[0]!.exit({ id: ended.id, code: 0, signal: null })
    const output = await service.attach({ workspaceId: 'w1', terminalId: running.id })
    await output.next()
    const next = failure(output.next())
    await sleep(20)
    vi.useFakeTimers()
    launcher.last.crash()
    expect(await next).toMatchObject({ name: 'AppError', code: 'WORKER_CRASHED', data: { worker: 'pty' } })
    expect(list.latest()).toMatchObject([{ exit: { reason: 'shell-ended', code: 0 } }, { exit: { reason: 'worker-crashed', code: null, signal: null } }])
    await vi.advanceTimersByTimeAsync(2000)
    expect(killed).toEqual([running.pid])
    vi.useRealTimers()
    for (const terminalId of [ended.id, running.id]) {
      const named = { workspaceId: 'w1', terminalId }
      const events: TerminalOutput[] = []
      for await (const event of await service.attach(named)) events.push(event)
      expect(events.map(event => event.type)).toEqual(['snapshot', 'exit'])
      await service.write({ ...named, data: 'x' })
      await service.resize({ ...named, columns: 10, rows: 10 })
      await service.acknowledge({ ...named, attachmentId: 'x', position: 1 })
      await service.close(named)
    }
    expect(ptys[1]!.calls).toEqual([])
    const again = await service.create({ workspaceId: 'w1', ...size })
    await sleep(20)
    ptys[1]!.exit({ id: again.id, code: 1, signal: null })
    await sleep(20)
    expect(list.latest()).toMatchObject([{ id: again.id, exit: { code: 1 } }])
    service.dispose()
  })

  it('counts a terminal as closed when its worker dies meanwhile', async () => {
    const { service, launcher } = setUp()
    const { id } = await service.create({ workspaceId: 'w1', ...size })
    const closing = service.close({ workspaceId: 'w1', terminalId: id })
    launcher.last.crash()
    await closing
  })
})

describe('chooseShell', () => {
  const base = { setting: '', environment: { SHELL: '/bin/zsh' }, platform: 'linux', loginShell: () => '/bin/fish', isExecutable: () => true }
  it('takes the setting, then the environment, then the account, then one that is there', () => {
    expect(chooseShell({ ...base, setting: '/opt/nu' })).toEqual({ shell: '/opt/nu', args: [] })
    expect(chooseShell(base).shell).toBe('/bin/zsh')
    expect(chooseShell({ ...base, environment: {} }).shell).toBe('/bin/fish')
    expect(chooseShell({ ...base, isExecutable: path => path === '/bin/fish' }).shell).toBe('/bin/fish')
    expect(chooseShell({ ...base, environment: { SHELL: 'zsh' }, loginShell: () => null }).shell).toBe('/bin/bash')
    expect(chooseShell({ ...base, isExecutable: () => false }).shell).toBe('/bin/sh')
    expect(chooseShell({ ...base, platform: 'darwin' }).args).toEqual(['-l'])
    expect(chooseShell({ ...base, platform: 'win32', environment: { COMSPEC: 'C:\\cmd.exe' } }).shell).toBe('C:\\cmd.exe')
    expect(chooseShell({ ...base, platform: 'win32', environment: {} }).shell).toContain('cmd.exe')
    expect(chooseShell({ setting: '', environment: {} }).shell).toMatch(/^\/|^[A-Z]:/)
  })
})

describe('shellEnvironment', () => {
  it('is the environment of the person, without what Cortex and npm added', () => {
    const environment = shellEnvironment(
      { PATH: '/app/node_modules/.bin:/usr/bin:/x/node-gyp-bin', npm_lifecycle_event: 'start', CORTEX_HOME: '/x', ELECTRON_RUN_AS_NODE: '1', NODE_CHANNEL_FD: '3', UV_THREADPOOL_SIZE: '1', EDITOR: 'vi', LANG: 'de_DE.UTF-8' },
      'linux',
    )
    expect(environment).toEqual({ PATH: '/usr/bin', EDITOR: 'vi', LANG: 'de_DE.UTF-8', TERM: 'xterm-256color', COLORTERM: 'truecolor', TERM_PROGRAM: 'Cortex' })
  })
  it('gives a locale where there is none, and leaves PATH alone when npm did not start Cortex', () => {
    expect(shellEnvironment({ PATH: '/me/node_modules/.bin' }, 'linux')).toMatchObject({ PATH: '/me/node_modules/.bin', LANG: 'C.UTF-8' })
    expect(shellEnvironment({}, 'darwin')).toMatchObject({ LANG: 'en_US.UTF-8' })
    expect(shellEnvironment({}, 'win32')).not.toHaveProperty('LANG')
    expect(shellEnvironment({ PATH: 'C:\\a\\node_modules\\.bin;C:\\b', npm_lifecycle_event: 'start' }, 'win32')).toMatchObject({ PATH: 'C:\\b' })
  })
})

describe('killShell', () => {
  it('does not mind a shell that has ended', () => {
    expect(() => killShell(0x7000_0000)).not.toThrow()
  })
})
