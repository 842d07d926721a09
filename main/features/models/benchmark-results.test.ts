import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Benchmark, Model } from '#shared/contract/models.ts'
import { openFakeStorage } from '../../platform/storage/fake-storage.ts'
import { BenchmarkResults } from './benchmark-results.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'benchmark-results-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function made(): Model {
  const path = join(folder, 'model.gguf')
  writeFileSync(path, 'weights')
  return { id: 'a', name: 'A', path, sizeBytes: 7, architecture: 'llama', parameters: 1, quantization: 'Q8_0', contextLength: 2048, canChat: true, canFill: true, canEmbed: false, canRerank: false, use: 'generate', source: 'added', isStarter: false }
}
const result = (tokensPerSecond: number): Benchmark => ({
  modelId: 'a', measuredAt: new Date('2026-01-02T03:04:05Z'), contextTokens: 2048, sequences: 1, gpuLayers: 0, kvCacheType: 'f16', batchTokens: 512, prefillTokensPerSecond: 100, tokensPerSecond, firstTokenMilliseconds: 5, embeddingTokensPerSecond: null, promptTokens: 512, tokens: 64, rounds: 3, threads: 2, device: 'cpu',
})

describe('the last benchmark of a model', () => {
  it('is kept over a restart, in place of the one before it', async () => {
    const storage = openFakeStorage()
    const model = made()
    const results = new BenchmarkResults(storage)
    expect(await results.of(model)).toBeNull()
    await results.keep(model, result(10))
    await results.keep(model, result(20))
    expect(await results.of(model)).toEqual(result(20))
    expect(await new BenchmarkResults(storage).of(model)).toEqual(result(20))
    expect(await results.of({ ...model, id: 'b' })).toBeNull()
  })

  it('says nothing of another file in its place, nor of one that is gone', async () => {
    const model = made()
    const results = new BenchmarkResults(openFakeStorage())
    await results.keep(model, result(10))
    utimesSync(model.path, new Date(0), new Date(0))
    expect(await results.of(model)).toBeNull()
    rmSync(model.path)
    expect(await results.of(model)).toBeNull()
    await results.keep(model, result(10))
    expect(await results.of(model)).toBeNull()
  })

  it('is forgotten with its model', async () => {
    const storage = openFakeStorage()
    const model = made()
    const results = new BenchmarkResults(storage)
    await results.keep(model, result(10))
    results.forget('a')
    expect(await results.of(model)).toBeNull()
    expect(await new BenchmarkResults(storage).of(model)).toBeNull()
  })
})
