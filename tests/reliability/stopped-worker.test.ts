import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { AppError } from '#shared/errors.ts'
import { settingDefinitions } from '#shared/setting-definitions.ts'
import { ModelsService } from '../../main/features/models/models-service.ts'
import { FakeAudit } from '../../main/platform/audit/fake-audit.ts'
import { systemClock } from '../../main/platform/clock/clock.ts'
import { FakeLog } from '../../main/platform/log/fake-log.ts'
import { SystemMemory } from '../../main/platform/memory/system-memory.ts'
import { openFakeStorage } from '../../main/platform/storage/fake-storage.ts'
import { NodeLauncher } from '../../main/platform/workers/node-launcher.ts'
import { SupervisedWorker } from '../../main/platform/workers/supervised-worker.ts'
import type { inference } from '../../native/inference/contract.ts'
import { makeModel } from '../support/make-model.ts'
import { untilGone } from '../support/processes.ts'

// The service that the application has, with real processes; only its patience with one that stands still is shorter.
const missedBeatsAllowed = 3
const reason = process.platform === 'win32' ? ' (skipped: Windows has no signals)' : ''
const story = { turns: [{ role: 'user' as const, text: 'Write a long story.' }], maxTokens: 2000, temperature: 0, seed: null, ignoreEndOfText: true }
const values = { ...Object.fromEntries(Object.entries(settingDefinitions).map(([key, definition]) => [key, definition.default])), 'model.loadAtStart': false, 'model.threads': 1, 'model.device': 'cpu' } as never

let folder: string
let service: ModelsService
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cortex-stopped-'))
  const log = new FakeLog()
  service = new ModelsService({
    makeWorker: name => new SupervisedWorker<typeof inference>({ launcher: new NodeLauncher({ log }), clock: systemClock, log, spec: { name, entry: 'inference', env: { UV_THREADPOOL_SIZE: '1' }, confinement: { network: 'none', files: 'own' } }, missedBeatsAllowed }),
    memory: new SystemMemory({ gpu: async () => null }),
    settings: { values: async () => values, onChange: () => () => undefined },
    storage: openFakeStorage(),
    resources: join(import.meta.dirname, '../../resources'),
    audit: new FakeAudit(),
    log,
  })
})
afterEach(async () => {
  await service.dispose()
  rmSync(folder, { recursive: true, force: true })
})

it.skipIf(reason !== '')(`a process that stands still in an answer is found, killed and started again with the same plan; the answer ends with a typed error, and another model goes on${reason}`, async () => {
  const path = join(folder, 'made.gguf')
  await makeModel({ path, layers: 4, width: 256, contextLength: 4096 })
  const made = await service.add(path)
  const starter = (await service.list()).find(model => model.isStarter)!
  await service.load(starter.id, { roles: ['completion'] })
  await service.load(made.id)
  const seat = service.pool.find(made.id)!
  const { pid } = (await seat.worker.process())!
  const { plan } = seat
  // There is one that it could have come back with.
  expect(plan?.smaller).toMatchObject({ fits: true })
  const complete = async (): Promise<number> => (await service.forRole('completion').complete({ prefix: 'const list = [1, 2, 3, ', suffix: '', scope: 'line', maxTokens: 8 })).tokens

  let text = ''
  let isStopped = false
  let completedMeanwhile = 0
  const failed = (async () => {
    for await (const event of service.forRole('chat').generate(story)) {
      if (event.type !== 'text-delta') continue
      text += event.text
      if (!isStopped) process.kill(pid, 'SIGSTOP')
      isStopped = true
    }
  })().then(() => null, (error: unknown) => error).finally(() => (isStopped = false))
  await expect.poll(() => isStopped).toBe(true)
  while (isStopped) {
    expect(await complete()).toBe(8)
    completedMeanwhile++
  }

  expect(await failed).toEqual(new AppError('WORKER_CRASHED', { worker: seat.name, reason: `it gave no sign of life for ${missedBeatsAllowed} seconds` }))
  expect(text).not.toBe('')
  expect(completedMeanwhile).toBeGreaterThan(1)
  expect(await untilGone(pid, 1000)).toBe(true)
  let again = ''
  for await (const event of service.forRole('chat').generate({ ...story, maxTokens: 8 })) if (event.type === 'text-delta') again += event.text
  expect(again).not.toBe('')
  // Memory was not what it lacked.
  expect(service.pool.find(made.id)).toBe(seat)
  expect(seat.plan).toMatchObject({ totalBytes: plan!.totalBytes, contextTokens: plan!.contextTokens, kvCacheType: plan!.kvCacheType })
  expect(seat.describe(false, false)).toMatchObject({ status: 'ready', reason: plan!.reason })
  expect((await seat.worker.process())!.pid).not.toBe(pid)
}, 120_000)
