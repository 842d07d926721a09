import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../main/platform/clock/clock.ts'
import { asItIs, unconfined, type Confinement } from '../../main/platform/workers/confinement.ts'
import { FakeConfiner } from '../../main/platform/workers/fake-confiner.ts'
import { FakeLog } from '../../main/platform/log/fake-log.ts'
import { NodeLauncher } from '../../main/platform/workers/node-launcher.ts'
import { SystemConfiner } from '../../main/platform/workers/system-confiner.ts'
import { SupervisedWorker } from '../../main/platform/workers/supervised-worker.ts'
import type { echo } from '../support/echo-contract.ts'
import { isAlive, untilGone } from '../support/processes.ts'

const cut: Confinement = { network: 'none', files: 'listed' }
const canDeny = (await new SystemConfiner().confine(cut, { executable: process.execPath, parts: [] })).enforced.network === 'none'
const entry = join(import.meta.dirname, '../support/echo-worker.ts')
const workers: SupervisedWorker<typeof echo>[] = []

function start(confinement = unconfined) {
  const log = new FakeLog()
  const launcher = new NodeLauncher({ log, resolveEntry: () => entry })
  const worker = new SupervisedWorker<typeof echo>({ launcher, clock: systemClock, log, spec: { name: 'echo', entry: 'echo', env: { ADDED: 'yes' }, confinement }, missedBeatsAllowed: 3 })
  workers.push(worker)
  return { log, worker }
}

const failure = (promise: Promise<unknown>) => promise.then(
  value => ({ value }),
  (error: unknown) => error,
)
const pidOf = async (worker: SupervisedWorker<typeof echo>) => (await worker.process())!.pid

afterEach(async () => {
  await Promise.all(workers.splice(0).map(worker => worker.dispose()))
})

describe('a worker process', () => {
  it('answers, streams, cancels and refuses with typed errors', async () => {
    const { worker } = start()
    expect(await worker.client.say('naïve 👋')).toBe('naïve 👋')
    const seen: number[] = []
    for await (const value of await worker.client.count({ to: 3, milliseconds: 1 })) seen.push(value)
    expect(seen).toEqual([0, 1, 2])
    expect(await failure(worker.client.refuse())).toMatchObject({ name: 'AppError', code: 'MODEL_NOT_FOUND' })
    expect(String(await failure(worker.client.bug()))).not.toContain('secret')
  })

  it('sees a cleaned environment', async () => {
    process.env['CORTEX_CANARY'] = 'secret'
    const { worker } = start()
    const environment = await worker.client.environment()
    expect(environment['PATH']).toBe(process.env['PATH'])
    expect(environment['ADDED']).toBe('yes')
    expect(JSON.stringify(environment)).not.toContain('secret')
    expect(environment['NODE_OPTIONS']).toBeUndefined()
    delete process.env['CORTEX_CANARY']
  })

  it.each(['SIGKILL', 'SIGSEGV'] as const)('killed by %s in the middle of a stream ends it with WORKER_CRASHED within 1 s, and starts again', async signal => {
    const { worker } = start()
    const stream = await worker.client.count({ to: 1e9, milliseconds: 1 })
    await stream.next()
    const first = await pidOf(worker)
    const killedAt = performance.now()
    process.kill(first, signal)
    const error = await failure((async () => {
      for await (const value of stream) void value
    })())
    expect(error).toMatchObject({ name: 'AppError', code: 'WORKER_CRASHED', data: { worker: 'echo', reason: `signal ${signal}` } })
    expect(performance.now() - killedAt).toBeLessThan(1000)
    expect(await worker.client.say('again')).toBe('again')
    expect(await pidOf(worker)).not.toBe(first)
  })

  it('ends on a rejection that nobody handles, without saying what it was about', async () => {
    const { worker, log } = start()
    expect(await failure(worker.client.reject())).toMatchObject({ code: 'WORKER_CRASHED', data: { reason: 'exit code 70' } })
    await sleep(50)
    expect(log.written.map(line => line.message).join('\n')).toContain('at ')
    expect(JSON.stringify(log.written)).not.toContain('secret')
  })

  it('that hangs is killed and replaced', async () => {
    const { worker } = start()
    expect(await failure(worker.client.hang())).toMatchObject({ code: 'WORKER_CRASHED', data: { reason: 'it gave no sign of life for 3 seconds' } })
    expect(await worker.client.say('again')).toBe('again')
  })

  it('that is busy still ends with its host', async () => {
    const host = spawn(process.execPath, [join(import.meta.dirname, '../support/echo-host.ts'), entry], { stdio: ['ignore', 'pipe', 'inherit'] })
    const pid = Number(await new Promise<string>(resolve => host.stdout.once('data', (data: Buffer) => resolve(data.toString()))))
    expect(isAlive(pid)).toBe(true)
    await sleep(100)
    host.kill('SIGKILL')
    expect(await untilGone(pid, 2000)).toBe(true)
  })

  it.skipIf(!canDeny)(`denied the network reaches no port of this machine${canDeny ? '' : ' (skipped: the system offers no way to deny it)'}`, async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise(resolve => server.once('listening', resolve))
    const { port } = server.address() as { port: number }
    const free = start().worker
    expect(await free.client.connect({ port })).toBe('connected')
    const denied = start(cut).worker
    expect(await denied.client.connect({ port })).toMatch(/ENETUNREACH|EPERM|ECONNREFUSED|EACCES/)
    expect(await denied.process()).toMatchObject({ enforced: { network: 'none' } })
    const pid = await pidOf(denied)
    process.kill(pid, 'SIGKILL')
    expect(await untilGone(pid, 1000)).toBe(true)
    server.close()
  })

  it('says so where the system cannot deny it the network', async () => {
    const log = new FakeLog()
    const launcher = new NodeLauncher({ log, resolveEntry: () => entry, confiner: new FakeConfiner(asItIs('it has none.')) })
    const process = await launcher.launch({ name: 'echo', entry: 'echo', env: {}, confinement: cut })
    expect(process.enforced.network).toBe('open')
    expect(log.written).toMatchObject([{ level: 'warn', details: { worker: 'echo', by: 'nothing', reason: 'it has none.' } }])
    await process.stop()
  })
})
