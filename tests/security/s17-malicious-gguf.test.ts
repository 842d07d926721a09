import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AppError } from '#shared/errors.ts'
import { describeModel } from '#shared/gguf/describe-model.ts'
import { systemClock } from '../../main/platform/clock/clock.ts'
import { FakeLog } from '../../main/platform/log/fake-log.ts'
import { NodeLauncher } from '../../main/platform/workers/node-launcher.ts'
import { SupervisedWorker } from '../../main/platform/workers/supervised-worker.ts'
import type { inference } from '../../native/inference/contract.ts'
import { makeModel } from '../support/make-model.ts'
import { mutateHeader, randomFrom } from '../support/mutate-header.ts'
import { starterPath } from '../support/starter.ts'

const mutants = { made: 4000, starter: 1000 }
const loads = 12
const foreseen = new Set(['MODEL_FILE_INVALID', 'MODEL_UNSUPPORTED'])
const foreseenOfLoads = new Set([...foreseen, 'MODEL_OUT_OF_MEMORY', 'MODEL_LOAD_FAILED', 'WORKER_CRASHED'])

let folder = ''
let made: Buffer
const survivors: Buffer[] = []

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cortex-s17-'))
  const path = join(folder, 'made.gguf')
  // A short vocabulary: mutations then fall on what matters more often.
  await makeModel({ path, layers: 1, width: 32, heads: 1, vocabularySize: 300 })
  made = readFileSync(path)
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const check = (bytes: Buffer) => describeModel({ path: 'mutant.gguf', sizeBytes: bytes.length, read: async (offset, length) => bytes.subarray(offset, offset + length) })

async function attack(original: Buffer, headerBytes: number, count: number, seed: number) {
  const random = randomFrom(seed)
  const outcomes = { refused: 0, passed: 0, slowest: 0 }
  for (let index = 0; index < count; index++) {
    const mutant = mutateHeader(original, headerBytes, random)
    const start = performance.now()
    try {
      await check(mutant)
      outcomes.passed++
      if (passedHere(outcomes.passed)) survivors.push(mutant)
    } catch (error) {
      if (!(error instanceof AppError) || !foreseen.has(error.code)) throw new Error(`Mutant ${index} of seed ${seed} met an unforeseen error`, { cause: error })
      outcomes.refused++
    }
    outcomes.slowest = Math.max(outcomes.slowest, performance.now() - start)
  }
  return outcomes
}

/** Every 25th, so that both models are in the sample and neither fills the memory. */
function passedHere(count: number): boolean {
  return count % 25 === 0
}

describe('S17: a malicious GGUF', () => {
  it(`${mutants.made + mutants.starter} mutated headers never crash, hang or pass by another way than a typed error`, async () => {
    const ofMade = await attack(made, 12_000, mutants.made, 17)
    const ofStarter = await attack(readFileSync(starterPath), 260_000, mutants.starter, 18)
    console.log(`S17: made model ${JSON.stringify(ofMade)}, starter ${JSON.stringify(ofStarter)}`)
    expect(ofMade.refused).toBeGreaterThan(mutants.made / 10)
    expect(Math.max(ofMade.slowest, ofStarter.slowest)).toBeLessThan(2000)
  }, 120_000)

  it('the unharmed made model loads and answers', async () => {
    expect(await loadAlone(join(folder, 'made.gguf'))).toBe('answered')
  })

  it('what passes is loaded in a disposable process only: it answers, refuses with a typed error or dies alone', async () => {
    const outcomes: Record<string, number> = {}
    const sample = survivors.filter((_, index) => index % Math.max(1, Math.floor(survivors.length / loads)) === 0)
    for (const [index, mutant] of sample.slice(0, loads).entries()) {
      const path = join(folder, `mutant-${index}.gguf`)
      writeFileSync(path, mutant)
      const outcome = await loadAlone(path)
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
      expect(outcome === 'answered' || foreseenOfLoads.has(outcome), outcome).toBe(true)
    }
    console.log(`S17: ${loads} survivors loaded: ${JSON.stringify(outcomes)}`)
    expect(Object.values(outcomes).reduce((sum, count) => sum + count, 0)).toBe(loads)
  }, 180_000)
})

async function loadAlone(path: string): Promise<string> {
  const log = new FakeLog()
  const spec = { name: 'inference', entry: 'inference', env: { UV_THREADPOOL_SIZE: '1' }, confinement: { network: 'none', files: 'own' } as const }
  const worker = new SupervisedWorker<typeof inference>({ launcher: new NodeLauncher({ log }), clock: systemClock, log, spec })
  const signal = AbortSignal.timeout(20_000)
  try {
    for await (const event of await worker.client.load({ modelId: 'mutant', path, contextTokens: 256, device: 'cpu', threads: 1 }, { signal })) void event
    await worker.client.complete({ prefix: 'const a = ', suffix: '', scope: 'line', maxTokens: 4 }, { signal })
    return 'answered'
  } catch (error) {
    return error instanceof AppError ? error.code : `unforeseen: ${String(error)}`
  } finally {
    await worker.dispose(0)
  }
}
