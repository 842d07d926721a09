import { setTimeout as sleep } from 'node:timers/promises'
import { eventIterator, oc } from '@orpc/contract'
import { implement } from '@orpc/server'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { AppError, may } from '#shared/errors.ts'
import { mapErrors } from '#shared/map-errors.ts'
import { systemClock } from '../clock/clock.ts'
import { FakeLog } from '../log/fake-log.ts'
import { unconfined } from './confinement.ts'
import { FakeLauncher } from './fake-launcher.ts'
import { SupervisedWorker, type WorkerCrash } from './supervised-worker.ts'

const contract = {
  say: oc.input(z.string()).output(z.string()),
  wait: oc.output(z.void()),
  count: oc.output(eventIterator(z.number())),
  refuse: oc.output(z.void()).errors(may('MODEL_NOT_FOUND')),
  refuseLate: oc.output(eventIterator(z.number())).errors(may('MODEL_NOT_FOUND')),
  bug: oc.output(z.void()),
}

let cleanedUp = 0

function router() {
  const os = implement(contract).use(mapErrors)
  return os.router({
    say: os.say.handler(({ input }) => input),
    wait: os.wait.handler(({ signal }) => new Promise<void>((_, reject) => signal?.addEventListener('abort', () => reject(new Error('aborted'))))),
    count: os.count.handler(async function* ({ signal }) {
      try {
        for (let index = 0; ; index++) {
          yield index
          await new Promise(resolve => setTimeout(resolve, 5))
          signal?.throwIfAborted()
        }
      } finally {
        cleanedUp++
      }
    }),
    refuse: os.refuse.handler(() => {
      throw new AppError('MODEL_NOT_FOUND', { id: 'q' })
    }),
    refuseLate: os.refuseLate.handler(async function* () {
      yield 1
      throw new AppError('MODEL_NOT_FOUND', { id: 'q' })
    }),
    bug: os.bug.handler(() => {
      throw new Error('secret prompt')
    }),
  })
}

function setUp(missedBeatsAllowed?: number) {
  const launcher = new FakeLauncher({ inference: router })
  const log = new FakeLog()
  const spec = { name: 'inference', entry: 'inference', env: {}, confinement: unconfined }
  const worker = new SupervisedWorker<typeof contract>({ launcher, clock: systemClock, log, spec, ...(missedBeatsAllowed === undefined ? {} : { missedBeatsAllowed }) })
  return { launcher, log, worker }
}

const crashed = (reason: string) => ({ name: 'AppError', code: 'WORKER_CRASHED', data: { worker: 'inference', reason } })
const failure = (promise: Promise<unknown>) => promise.then(
  value => ({ value }),
  (error: unknown) => error,
)

describe('SupervisedWorker', () => {
  beforeEach(() => {
    cleanedUp = 0
    vi.useFakeTimers()
  })
  afterEach(() => void vi.useRealTimers())

  it('starts at the first call and not before', async () => {
    const { launcher, worker } = setUp()
    expect(launcher.processes).toHaveLength(0)
    expect(worker.state).toEqual({ status: 'idle' })
    expect(await Promise.all([worker.client.say('a'), worker.client.say('b')])).toEqual(['a', 'b'])
    expect(launcher.processes).toHaveLength(1)
    expect(worker.state).toEqual({ status: 'running' })
    expect(await worker.process()).toEqual({ pid: 1000, enforced: { by: 'nothing', network: 'open', reads: null, reason: null } })
  })

  it('passes errors of the catalogue on as AppError, from calls and from streams', async () => {
    const { worker } = setUp()
    expect(await failure(worker.client.refuse())).toMatchObject({ name: 'AppError', code: 'MODEL_NOT_FOUND', data: { id: 'q' } })
    const seen: number[] = []
    const error = await failure((async () => {
      for await (const value of await worker.client.refuseLate()) seen.push(value)
    })())
    expect(seen).toEqual([1])
    expect(error).toMatchObject({ name: 'AppError', code: 'MODEL_NOT_FOUND', data: { id: 'q' } })
  })

  it('masks what the worker did not mean to say', async () => {
    const { worker } = setUp()
    const error = await failure(worker.client.bug())
    expect(error).toBeInstanceOf(Error)
    expect(JSON.stringify(error) + String(error)).not.toContain('secret')
  })

  it('ends calls and streams in flight with WORKER_CRASHED, each once and at once', async () => {
    const { launcher, worker } = setUp()
    const stream = await worker.client.count()
    expect((await stream.next()).value).toBe(0)
    const call = failure(worker.client.wait())
    const next = failure((async () => {
      for await (const value of stream) void value
    })())
    await vi.advanceTimersByTimeAsync(1)
    launcher.last.crash({ code: null, signal: 'SIGSEGV' })
    expect(await call).toMatchObject(crashed('signal SIGSEGV'))
    expect(await next).toMatchObject(crashed('signal SIGSEGV'))
  })

  it('starts again after 0.5 s, tells who asked, and lets calls made meanwhile wait', async () => {
    const { launcher, worker } = setUp()
    const crashes: WorkerCrash[] = []
    let restarts = 0
    worker.onCrash(crash => crashes.push(crash))
    const forget = worker.onRestart(() => restarts++)
    await worker.client.say('a')
    launcher.last.crash()
    expect(crashes).toMatchObject([{ error: crashed('signal SIGKILL'), restartsIn: 500 }])
    expect(worker.state).toEqual({ status: 'waiting', milliseconds: 500 })
    const call = worker.client.say('b')
    await vi.advanceTimersByTimeAsync(499)
    expect(launcher.processes).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(launcher.processes).toHaveLength(2)
    expect(await call).toBe('b')
    expect(restarts).toBe(1)
    forget()
    launcher.last.crash()
    await vi.advanceTimersByTimeAsync(1000)
    expect(launcher.processes).toHaveLength(3)
    expect(restarts).toBe(1)
  })

  it('stops after three crashes in five minutes, until a person asks', async () => {
    const { launcher, worker } = setUp()
    await worker.client.say('a')
    launcher.last.crash()
    await vi.advanceTimersByTimeAsync(500)
    launcher.last.crash()
    await vi.advanceTimersByTimeAsync(999)
    expect(launcher.processes).toHaveLength(2)
    await vi.advanceTimersByTimeAsync(1)
    expect(launcher.processes).toHaveLength(3)
    launcher.last.crash()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(launcher.processes).toHaveLength(3)
    expect(worker.state).toEqual({ status: 'unavailable', crashes: 3 })
    expect(await failure(worker.client.say('b'))).toMatchObject({ code: 'WORKER_UNAVAILABLE', data: { worker: 'inference', crashes: 3 } })
    await worker.restart()
    expect(await worker.client.say('c')).toBe('c')
    launcher.last.crash()
    expect(worker.state).toEqual({ status: 'waiting', milliseconds: 500 })
  })

  it('goes on restarting when crashes are far apart, and waits up to 4 s', async () => {
    const { launcher, worker } = setUp(1e9)
    await worker.client.say('a')
    const waits: unknown[] = []
    worker.onCrash(crash => waits.push(crash.restartsIn))
    for (let index = 0; index < 6; index++) {
      launcher.last.crash()
      await vi.advanceTimersByTimeAsync(3 * 60_000)
    }
    expect(waits).toEqual([500, 1000, 2000, 4000, 4000, 4000])
  })

  it('counts a worker that cannot be started as crashed', async () => {
    const { launcher, worker } = setUp()
    launcher.failure = new Error('no such file')
    expect(await failure(worker.client.say('a'))).toMatchObject(crashed('it could not be started'))
    await vi.advanceTimersByTimeAsync(10_000)
    expect(worker.state).toEqual({ status: 'unavailable', crashes: 3 })
  })

  it('kills a worker that gives no sign of life', async () => {
    const { launcher, log, worker } = setUp(3)
    await worker.client.say('a')
    const call = failure(worker.client.wait())
    for (let second = 0; second < 10; second++) {
      launcher.last.send({ type: 'heartbeat' })
      await vi.advanceTimersByTimeAsync(1000)
    }
    expect(launcher.processes).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(4600)
    expect(await call).toMatchObject(crashed('it gave no sign of life for 3 seconds'))
    expect(launcher.processes).toHaveLength(2)
    // What ended the one before is not said of the next.
    launcher.last.crash({ code: null, signal: 'SIGSEGV' })
    expect(log.written.at(-1)).toMatchObject({ message: 'Worker ended unasked', details: { reason: 'signal SIGSEGV' } })
  })

  it('stops when asked, without counting it as a crash, and starts again at the next call', async () => {
    const { launcher, worker } = setUp()
    const crashes: WorkerCrash[] = []
    worker.onCrash(crash => crashes.push(crash))
    const call = failure(worker.client.wait())
    await vi.advanceTimersByTimeAsync(1)
    await worker.stop()
    expect(await call).toMatchObject(crashed('it was stopped'))
    await vi.advanceTimersByTimeAsync(10_000)
    expect(launcher.processes).toHaveLength(1)
    expect(crashes).toEqual([])
    expect(await worker.client.say('again')).toBe('again')
    expect(launcher.processes).toHaveLength(2)
  })

  it('can be stopped while it waits to start again', async () => {
    const { launcher, worker } = setUp()
    await worker.client.say('a')
    launcher.last.crash()
    const call = failure(worker.client.say('b'))
    await worker.dispose()
    expect(await call).toMatchObject(crashed('it was stopped'))
    await vi.advanceTimersByTimeAsync(10_000)
    expect(launcher.processes).toHaveLength(1)
    expect(await failure(worker.client.say('c'))).toMatchObject(crashed('it was stopped'))
    await worker.dispose()
  })

  it('leaves a cancelled call an AbortError, also while it waits', async () => {
    const { launcher, worker } = setUp()
    const controller = new AbortController()
    const call = failure(worker.client.wait(undefined, { signal: controller.signal }))
    await vi.advanceTimersByTimeAsync(1)
    controller.abort()
    expect(await call).toMatchObject({ name: 'AbortError' })
    launcher.last.crash()
    const second = new AbortController()
    const waiting = failure(worker.client.say('b', { signal: second.signal }))
    second.abort()
    expect(await waiting).toMatchObject({ name: 'AbortError' })
    expect(await failure(worker.client.say('c', { signal: second.signal }))).toMatchObject({ name: 'AbortError' })
  })

  it('frees the stream in the worker when the reader leaves', async () => {
    vi.useRealTimers()
    const { worker } = setUp()
    for await (const value of await worker.client.count()) if (value === 2) break
    await sleep(30)
    expect(cleanedUp).toBe(1)
    await worker.dispose()
  })
})
