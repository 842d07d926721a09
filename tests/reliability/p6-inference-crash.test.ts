import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { Model } from '#shared/contract/models.ts'
import { AppError } from '#shared/errors.ts'
import { EngineService } from '../../main/features/models/engine-service.ts'
import { SpeculationOutcomes } from '../../main/features/models/engine-speculation.ts'
import { EngineThreads } from '../../main/features/models/engine-threads.ts'
import { ModelList } from '../../main/features/models/model-list.ts'
import { systemClock } from '../../main/platform/clock/clock.ts'
import { FakeAudit } from '../../main/platform/audit/fake-audit.ts'
import { FakeLog } from '../../main/platform/log/fake-log.ts'
import { openFakeStorage } from '../../main/platform/storage/fake-storage.ts'
import { NodeLauncher } from '../../main/platform/workers/node-launcher.ts'
import { SupervisedWorker } from '../../main/platform/workers/supervised-worker.ts'
import type { inference } from '../../native/inference/contract.ts'
import { untilGone } from '../support/processes.ts'

const resources = join(import.meta.dirname, '../../resources')
const question = { turns: [{ role: 'user' as const, text: 'Write a TypeScript function that reverses a string.' }], maxTokens: 900, temperature: 0, seed: null, ignoreEndOfText: true }
const workers: SupervisedWorker<typeof inference>[] = []

afterEach(async () => {
  await Promise.all(workers.splice(0).map(worker => worker.dispose()))
})

async function start(): Promise<{ engine: EngineService; pid: () => Promise<number>; starter: Model }> {
  const log = new FakeLog()
  const storage = openFakeStorage()
  const spec = { name: 'inference', entry: 'inference', env: { UV_THREADPOOL_SIZE: '1' }, confinement: { network: 'none', files: 'own' } as const }
  const worker = new SupervisedWorker<typeof inference>({ launcher: new NodeLauncher({ log }), clock: systemClock, log, spec })
  workers.push(worker)
  const starter = await new ModelList({ storage, resources }).get('starter')
  const settings = async () => ({ 'model.contextTokens': 0, 'model.threads': 1, 'model.device': 'cpu' as const })
  const engine = new EngineService({ worker, settings, chooseModel: async () => starter, threads: new EngineThreads(storage), outcomes: new SpeculationOutcomes(storage), audit: new FakeAudit(), log })
  return { engine, pid: async () => (await worker.process())!.pid, starter }
}

describe('P6: the inference process dies in the middle of an answer', () => {
  it.each(['SIGKILL', 'SIGSEGV'] as const)('%s: typed error within 1 s, partial text kept, restart, next question answered', async signal => {
    const { engine, pid } = await start()
    const first = await engine.ready().then(pid)
    let text = ''
    let killedAt = 0
    const error = await (async () => {
      for await (const event of engine.generate(question)) {
        if (event.type !== 'text-delta') continue
        text += event.text
        if (killedAt === 0) {
          killedAt = performance.now()
          process.kill(first, signal)
        }
      }
    })().then(
      () => null,
      (thrown: unknown) => thrown,
    )
    const took = performance.now() - killedAt
    console.log(`P6 ${signal}: typed error after ${took.toFixed(0)} ms`)
    expect(error).toEqual(new AppError('WORKER_CRASHED', { worker: 'inference', reason: `signal ${signal}` }))
    expect(took).toBeLessThan(1000)
    expect(text).not.toBe('')
    expect(engine.state.status).toBe('restarting')
    let answer = ''
    for await (const event of engine.generate({ ...question, ignoreEndOfText: false })) if (event.type === 'text-delta') answer += event.text
    expect(answer).toContain('function')
    expect(engine.state.status).toBe('ready')
    expect(await pid()).not.toBe(first)
    expect(await untilGone(first, 1000)).toBe(true)
  }, 60_000)

  it('a second question that was waiting, and a completion, end with the same typed error', async () => {
    const { engine, pid } = await start()
    const first = await engine.ready().then(pid)
    const drain = async () => {
      for await (const event of engine.generate(question)) void event
    }
    const calls = [drain(), drain(), engine.complete({ prefix: 'const list = [', suffix: '', scope: 'block', maxTokens: 500 })]
    const settled = Promise.allSettled(calls)
    await engine.countTokens(['the calls are under way'])
    process.kill(first, 'SIGKILL')
    for (const result of await settled) expect(result).toMatchObject({ status: 'rejected', reason: { code: 'WORKER_CRASHED' } })
  }, 60_000)
})
