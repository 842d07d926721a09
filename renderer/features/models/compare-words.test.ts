import { describe, expect, it } from 'vitest'
import type { CatalogueItem, ComparedModel, FileState } from '#shared/contract/library.ts'
import type { Benchmark, Model } from '#shared/contract/models.ts'
import type { CatalogueEntry } from '#shared/model-catalogue.ts'
import { chosenOptions, compareOptions, entryKey, modelKey } from './compare-choice.ts'
import { compareRows, measuredWith } from './compare-words.ts'

const fit: ComparedModel['fit'] = { verdict: 'cpu', gpuLayers: 0, layers: 28, contextTokens: 8192, neededBytes: 5e9, freeBytes: 9e9, freeGpuBytes: 0, tokensPerSecond: 12.4, speedFrom: 'models' }
const benchmark: Benchmark = {
  modelId: 'a', measuredAt: new Date('2026-01-02T03:04:05Z'), contextTokens: 8192, sequences: 1, gpuLayers: 0, kvCacheType: 'f16', batchTokens: 512, prefillTokensPerSecond: 1234, tokensPerSecond: 9.87, firstTokenMilliseconds: 40, embeddingTokensPerSecond: null, promptTokens: 512, tokens: 64, rounds: 3, threads: 4, device: 'cpu',
}
const here: ComparedModel = { modelId: 'a', entryId: null, name: 'Here', quantization: 'Q8_0', sizeBytes: 4.7e9, parameters: 7.6e9, activeParameters: null, contextTokens: 32_768, uses: ['chat', 'completion'], languages: null, codeLanguages: null, licence: { name: 'some terms', isPermissive: null }, fit, benchmark }
const published: ComparedModel = {
  ...here, modelId: null, entryId: 'b', name: 'Published', sizeBytes: null, activeParameters: 3e9, languages: ['en', 'de'], codeLanguages: '92 languages', licence: { name: 'MNPL-0.1', isPermissive: false }, fit: { ...fit, verdict: 'too-big', tokensPerSecond: null, speedFrom: null }, benchmark: null,
}
const cells = (id: string, ...models: ComparedModel[]): string[] | undefined => compareRows(models).find(row => row.id === id)?.cells.map(({ text }) => text)

describe('models side by side', () => {
  it('says of each what is known, and that the rest is not', () => {
    expect(cells('fit', here, published)).toEqual(['fits in memory, 8k context', 'needs 5.0 GB, models may take 9.0 GB'])
    expect(cells('size', here, published)).toEqual(['4.7 GB', 'not known'])
    expect(cells('weights', here, published)).toEqual(['7.6B', '7.6B, 3B used for a token'])
    expect(cells('context', here)).toEqual(['32k tokens'])
    expect(cells('languages', here, published)).toEqual(['not known', 'en, de'])
    expect(cells('code', here, published)).toEqual(['not known', '92 languages'])
    expect(cells('expected', here, published)).toEqual(['≈ 12 tokens/s', 'not known'])
  })

  it('warns of a licence only where somebody read its conditions', () => {
    expect(compareRows([here, published, { ...here, licence: null }]).find(({ id }) => id === 'licence')?.cells).toEqual([{ text: 'some terms', tone: 'plain' }, { text: 'MNPL-0.1 (conditions)', tone: 'warn' }, { text: 'not known', tone: 'muted' }])
  })

  it('shows what was measured with how it was loaded, and what was not as such', () => {
    const unmeasured = { ...here, modelId: 'c', benchmark: null }
    expect(cells('prefillTokensPerSecond', here, published, unmeasured)).toEqual(['1,234 tokens/s', '–', '–'])
    expect(cells('tokensPerSecond', here)).toEqual(['9.9 tokens/s'])
    expect(cells('measured', here, published, unmeasured)).toEqual(['8k tokens, F16 cache, processor, 4 threads', 'not here', 'not measured yet'])
    expect(measuredWith({ ...benchmark, kvCacheType: null, sequences: 2, device: 'cuda', gpuLayers: 29 })).toBe('8k tokens, 2 at a time, CUDA, 29 layers')
  })

  it('has a row for vectors only where one makes some', () => {
    expect(cells('embeddingTokensPerSecond', here, published)).toBeUndefined()
    expect(cells('embeddingTokensPerSecond', here, { ...here, benchmark: { ...benchmark, embeddingTokensPerSecond: 5000 } })).toEqual(['–', '5,000 tokens/s'])
  })
})

describe('the choice of models', () => {
  const model: Model = { id: 'a', name: 'Here', path: '/a.gguf', sizeBytes: 9, architecture: 'llama', parameters: 8, quantization: 'Q8_0', contextLength: 2048, canChat: true, canFill: true, canEmbed: false, canRerank: false, use: 'generate', source: 'added', isStarter: false }
  const entry: CatalogueEntry = {
    id: 'b', family: 'B', name: 'Published', repository: 'o/b', revision: 'main', files: [], uses: ['chat'], licence: { name: 'MIT', isPermissive: true, note: null }, languages: null, codeLanguages: null, contextTokens: null, parameters: null, activeParameters: null, shape: null, dimensions: null, promptNote: null, fillNote: null, sources: {},
  }
  const catalogue = (modelId: string | null): CatalogueItem[] => [{ entry, files: [{ quantization: 'Q4_K_M', sizeBytes: 1, hasDiskRoom: true, downloadId: null, modelId, fit } satisfies FileState] }]

  it('offers what is here and what the catalogue has besides, each once', () => {
    expect(compareOptions([model], catalogue(null)).map(({ label }) => label)).toEqual(['Here, Q8_0', 'Published, Q4_K_M, not here'])
    expect(compareOptions([model], catalogue('a')).map(({ label }) => label)).toEqual(['Here, Q8_0'])
  })

  it('keeps the order, drops what is gone, and follows a file that came here', () => {
    const keys = [entryKey('b', 'Q4_K_M'), 'model gone', modelKey('a')]
    expect(chosenOptions(keys, compareOptions([model], catalogue(null)), catalogue(null)).map(({ key }) => key)).toEqual([entryKey('b', 'Q4_K_M'), modelKey('a')])
    expect(chosenOptions(keys, compareOptions([model], catalogue('a')), catalogue('a')).map(({ name }) => name)).toEqual([{ modelId: 'a' }])
  })
})
