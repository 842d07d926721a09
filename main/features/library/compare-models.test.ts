import { describe, expect, it } from 'vitest'
import type { Fit, ModelDetails, ModelOrigin } from '#shared/contract/library.ts'
import type { Benchmark, Model } from '#shared/contract/models.ts'
import { AppError } from '#shared/errors.ts'
import type { CatalogueEntry } from '#shared/model-catalogue.ts'
import { compareModels } from './compare-models.ts'

const entry: CatalogueEntry = {
  ...{ id: 'made', family: 'Made', name: 'Made', repository: 'owner/made-GGUF', revision: 'main', files: [{ quantization: 'Q8_0', parts: [{ path: 'made.gguf', sizeBytes: 4e9, sha256: null }] }], uses: ['chat'], licence: { name: 'MIT', isPermissive: true, note: null } },
  ...{ languages: ['en'], codeLanguages: 'Python', contextTokens: 32_768, parameters: 4e9, activeParameters: 1e9, shape: null, dimensions: null, promptNote: null, fillNote: null, sources: {} },
}
const model = (id: string, path: string): Model => ({ id, name: 'Mine', path, sizeBytes: 1, architecture: 'llama', parameters: 3e9, quantization: 'Q4_K', contextLength: 4096, canChat: false, canFill: true, canEmbed: false, canRerank: false, use: 'generate', source: 'added', isStarter: false })
const fit: Fit = { verdict: 'cpu', gpuLayers: 0, layers: 2, contextTokens: 512, neededBytes: 1e9, freeBytes: 2e9, freeGpuBytes: 0, tokensPerSecond: 5, speedFrom: 'models' }
const benchmark: Benchmark = { modelId: 'a', measuredAt: new Date(0), contextTokens: 512, sequences: 1, gpuLayers: 0, kvCacheType: 'f16', batchTokens: 512, prefillTokensPerSecond: 9, tokensPerSecond: 8, firstTokenMilliseconds: 7, embeddingTokensPerSecond: null, promptTokens: 6, tokens: 5, rounds: 3, threads: 2, device: 'cpu' }

function sources(origin: ModelOrigin | null = null) {
  return {
    catalogue: { version: 1 as const, readAt: '', entries: [entry] },
    models: [model('a', '/mine/a.gguf'), model('b', '/hub/owner/made-GGUF/made.gguf')],
    benchmarks: [benchmark],
    originOf: () => origin,
    // Of a header's facts only these are compared.
    detailsOf: async () => ({ fit, licence: 'own terms', sizeBytes: 2e9 }) as ModelDetails,
    fitOf: async (_entryId: string, quantization: string) => {
      if (quantization !== 'Q8_0') throw new AppError('CATALOGUE_ENTRY_NOT_FOUND', { id: quantization })
      return fit
    },
  }
}

describe('compareModels', () => {
  it('says what is known of each, here or only published, in the order they are named', async () => {
    const [published, mine] = await compareModels([{ entryId: 'made', quantization: 'Q8_0' }, { modelId: 'a' }], sources())
    expect(published).toEqual({ modelId: null, entryId: 'made', name: 'Made', quantization: 'Q8_0', sizeBytes: 4e9, parameters: 4e9, activeParameters: 1e9, contextTokens: 32_768, uses: ['chat'], languages: ['en'], codeLanguages: 'Python', licence: { name: 'MIT', isPermissive: true }, fit, benchmark: null })
    expect(mine).toEqual({ modelId: 'a', entryId: null, name: 'Mine', quantization: 'Q4_K', sizeBytes: 2e9, parameters: 3e9, activeParameters: null, contextTokens: 4096, uses: ['completion'], languages: null, codeLanguages: null, licence: { name: 'own terms', isPermissive: null }, fit, benchmark })
  })

  it('takes from the catalogue what it says of a model that is here', async () => {
    const [mine] = await compareModels([{ modelId: 'b' }], sources())
    expect(mine).toMatchObject({ modelId: 'b', entryId: 'made', name: 'Mine', parameters: 3e9, uses: ['chat'], languages: ['en'], licence: { name: 'MIT', isPermissive: true }, benchmark: null })
  })

  it('names what is neither on the list nor in the catalogue', async () => {
    await expect(compareModels([{ modelId: 'a' }, { modelId: 'nobody' }], sources())).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND', data: { id: 'nobody' } })
    await expect(compareModels([{ modelId: 'a' }, { entryId: 'made', quantization: 'Q4' }], sources())).rejects.toMatchObject({ code: 'CATALOGUE_ENTRY_NOT_FOUND' })
  })
})
