import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { AppError } from '#shared/errors.ts'
import { readModelFile } from '../../main/features/models/read-model-file.ts'
import { systemClock } from '../../main/platform/clock/clock.ts'
import { FakeLog } from '../../main/platform/log/fake-log.ts'
import { NodeLauncher } from '../../main/platform/workers/node-launcher.ts'
import { SupervisedWorker } from '../../main/platform/workers/supervised-worker.ts'
import type { inference } from '../../native/inference/contract.ts'
import { randomFrom } from '../support/mutate-header.ts'
import { connect } from '../support/socket-client.ts'
import { starterPath } from '../support/starter.ts'
import { startTestApp } from '../support/test-host.ts'

const cuts = 60
let folder = ''
let path = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cortex-p5-'))
  path = join(folder, 'cut.gguf')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'no error',
    (error: unknown) => (error instanceof AppError ? error.code : `unforeseen: ${String(error)}`),
  )

it(`P5: the starter cut off at ${cuts} places meets a typed error within 2 s`, async () => {
  const size = readFileSync(starterPath).length
  const random = randomFrom(5)
  // From the end to the beginning, so that one file serves all; half of the cuts fall into the header.
  const lengths = Array.from({ length: cuts }, (_, index) => Math.floor(random() * (index % 2 === 0 ? 260_000 : size))).sort((a, b) => b - a)
  writeFileSync(path, readFileSync(starterPath))
  let slowest = 0
  for (const length of [size - 1, ...lengths, 3, 0]) {
    truncateSync(path, length)
    const start = performance.now()
    expect(await codeOf(readModelFile(path)), `cut at ${length}`).toBe('MODEL_FILE_INVALID')
    slowest = Math.max(slowest, performance.now() - start)
  }
  console.log(`P5: ${cuts + 3} cuts, the slowest refused after ${slowest.toFixed(0)} ms`)
  expect(slowest).toBeLessThan(2000)
})

it('P5: a worker that was given a cut file refuses it and loads the next one', async () => {
  const log = new FakeLog()
  const spec = { name: 'inference', entry: 'inference', env: { UV_THREADPOOL_SIZE: '1' }, confinement: { network: 'none', files: 'own' } as const }
  const worker = new SupervisedWorker<typeof inference>({ launcher: new NodeLauncher({ log }), clock: systemClock, log, spec })
  const load = async (file: string): Promise<string> => {
    let last = ''
    for await (const event of await worker.client.load({ modelId: 'm', path: file, contextTokens: 256, device: 'cpu', threads: 1 })) last = event.type
    return last
  }
  try {
    writeFileSync(path, readFileSync(starterPath).subarray(0, 1_000_000))
    expect(await codeOf(load(path))).toBe('MODEL_FILE_INVALID')
    const { pid } = (await worker.process())!
    expect(await load(starterPath)).toBe('load-end')
    expect((await worker.process())!.pid).toBe(pid)
  } finally {
    await worker.dispose()
  }
}, 60_000)

// Weights are read where the file lies in memory: the system ends a process that reads what is no longer there.
const noShrinking = process.platform === 'win32' ? ' (skipped: Windows lets nobody shorten a file that is mapped)' : ''

it.skipIf(noShrinking !== '')(`P5: a file that shrinks while it is loaded ends its worker in the next answer, and the next load works${noShrinking}`, async () => {
  const log = new FakeLog()
  const spec = { name: 'inference', entry: 'inference', env: { UV_THREADPOOL_SIZE: '1' }, confinement: { network: 'none', files: 'own' } as const }
  const worker = new SupervisedWorker<typeof inference>({ launcher: new NodeLauncher({ log }), clock: systemClock, log, spec })
  const load = async (file: string): Promise<void> => {
    for await (const event of await worker.client.load({ modelId: 'm', path: file, contextTokens: 256, device: 'cpu', threads: 1 })) void event
  }
  const answer = async (): Promise<void> => {
    for await (const event of await worker.client.generate({ turns: [], text: 'const a = ', maxTokens: 8, temperature: 0, seed: null, ignoreEndOfText: true })) void event
  }
  try {
    writeFileSync(path, readFileSync(starterPath))
    await load(path)
    await answer()
    truncateSync(path, 300_000)
    await expect(answer()).rejects.toEqual(new AppError('WORKER_CRASHED', { worker: 'inference', reason: 'signal SIGBUS' }))
    expect(await codeOf(load(path))).toBe('MODEL_FILE_INVALID')
    await load(starterPath)
    expect(await codeOf(answer())).toBe('no error')
  } finally {
    await worker.dispose()
  }
}, 60_000)

it.skipIf(noShrinking !== '')(`P5: the application outlives a file that shrinks while it is loaded, says what is wrong with it, and answers with another model${noShrinking}`, async () => {
  const test = await startTestApp({ 'model.loadAtStart': false, 'model.threads': 1 })
  const { client, close } = await connect(test.http)
  const ask = async (): Promise<string> => {
    let text = ''
    for await (const event of await client.chat.ask({ prompt: 'Write a function.', maxTokens: 8, temperature: 0, ignoreEndOfText: true })) if (event.type === 'text-delta') text += event.text
    return text
  }
  try {
    const file = join(test.makeFolder('models'), 'shrinks.gguf')
    writeFileSync(file, readFileSync(starterPath))
    const starter = (await client.models.list()).find(model => model.isStarter)!
    const shrinks = await client.models.add({ path: file })
    await client.models.load({ id: starter.id, roles: ['completion'] })
    await client.models.load({ id: shrinks.id })
    const whole = await ask()
    truncateSync(file, 300_000)
    expect(await ask().then(() => null, (error: unknown) => error)).toMatchObject({ code: 'WORKER_CRASHED', data: { reason: 'signal SIGBUS' } })
    // It is not started over and over: its file is looked at before.
    const residents = async () => {
      for await (const event of await client.models.watch()) if (event.type === 'snapshot') return event.residents.map(one => ({ id: one.modelId, status: one.status, code: one.error?.code ?? null }))
      return []
    }
    await expect.poll(residents).toEqual([{ id: starter.id, status: 'ready', code: null }, { id: shrinks.id, status: 'failed', code: 'MODEL_FILE_INVALID' }])
    await expect(ask()).rejects.toMatchObject({ code: 'MODEL_NOT_LOADED' })
    expect((await client.completion.complete({ prefix: 'const list = [1, 2, ', suffix: '', scope: 'line', maxTokens: 4 })).tokens).toBeGreaterThan(0)
    writeFileSync(file, readFileSync(starterPath))
    expect(await client.models.load({ id: shrinks.id })).toMatchObject({ status: 'ready' })
    expect(await ask()).toBe(whole)
  } finally {
    close()
    await test.dispose()
  }
}, 120_000)
