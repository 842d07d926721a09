import { describe, expect, it, test } from 'vitest'
import type { CatalogueItem, ComparedModel, FileState } from '#shared/contract/library.ts'
import type { Model } from '#shared/contract/models.ts'
import type { CatalogueEntry } from '#shared/model-catalogue.ts'
import { CommandLine } from '../../tests/support/command-line.ts'
import { compareTable, namesOf } from './compare-command.ts'
import { findEntryFile } from './find-entry.ts'

const line = new CommandLine()

test('models side by side, a fit with a context, and the speed of the machine, from the command line', { timeout: 240_000 }, async () => {
  expect(await line.run('models', 'measure')).toBe(0)
  expect(line.out).toMatch(/^[\d.]+ [kMG]B\/s with \d+ threads?\n$/)
  expect(await line.run('models', 'bench', 'starter', '--rounds', '1', '--prompt', '32', '--tokens', '8')).toBe(0)
  expect(await line.run('models', 'compare', 'cortex', 'smollm2-135m-instruct:q4_k_m')).toBe(0)
  expect(line.out).toMatch(/^Model +Cortex Starter 8M +SmolLM2.*\nIs +on the list +in the catalogue: smollm2-135m-instruct\n/)
  expect(line.out).toMatch(/\nWriting +[\d.,]+ tokens\/s +-\nMeasured +\d{4}-\d\d-\d\d \d\d:\d\d UTC; .* tokens of context; f16 cache; cpu, \d+ threads? +not here\n$/)
  expect(await line.run('models', 'compare', 'starter', 'smollm2-135m-instruct:Q4_K_M', '--json')).toBe(0)
  expect(JSON.parse(line.out)).toMatchObject([{ modelId: 'starter', benchmark: { rounds: 1, tokens: 8 } }, { entryId: 'smollm2-135m-instruct', modelId: null, benchmark: null }])
  expect(await line.run('models', 'compare', 'starter')).toBe(2)
  expect(line.errors).toContain('1 was named')
  expect(await line.run('models', 'compare', 'starter', 'nobody')).toBe(2)
  expect(line.errors).toContain('There is no model “nobody”.')

  expect(await line.run('models', 'fit', 'smollm2-135m-instruct:Q4_K_M', '--context', '2048')).toBe(0)
  expect(line.out).toMatch(/^smollm2-135m-instruct:Q4_K_M {2}fits .*, 2,048 tokens of context/)
  expect(await line.run('models', 'fit', 'smollm2-135m-instruct:Q4_K_M', '--context', '1000000')).toBe(0)
  expect(line.out).toContain('It was trained for 8,192 tokens: it gets no more.')
  expect(await line.run('models', 'fit', 'nobody')).toBe(2)
  expect(line.errors).toContain('“nobody” is not in the catalogue.')
})

const model = (id: string, name: string): Model => ({ id, name, path: `/m/${id}.gguf`, sizeBytes: 2e9, architecture: 'llama', parameters: 3e9, quantization: 'Q4_K', contextLength: 4096, canChat: true, canFill: false, canEmbed: false, canRerank: false, use: 'generate', source: 'added', isStarter: false })
const fit: FileState['fit'] = { verdict: 'cpu', gpuLayers: 0, layers: 2, contextTokens: 4096, neededBytes: 3e9, freeBytes: 9e9, freeGpuBytes: 0, tokensPerSecond: 7.25, speedFrom: 'models' }
const entry: CatalogueEntry = { id: 'made', family: 'Made', name: 'Made', repository: 'o/made', revision: 'main', files: [], uses: ['chat'], licence: { name: 'MIT', isPermissive: true, note: null }, languages: null, codeLanguages: null, contextTokens: null, parameters: null, activeParameters: null, shape: null, dimensions: null, promptNote: null, fillNote: null, sources: {} }
const file = (quantization: string, modelId: string | null = null): FileState => ({ quantization, sizeBytes: 1, hasDiskRoom: true, downloadId: null, modelId, fit })
const list = [model('a', 'Coder 7B'), model('b', 'Coder 3B')]
const catalogue: CatalogueItem[] = [{ entry, files: [file('Q8_0'), file('Q4_K_M', 'b')] }]

describe('what is compared', () => {
  it('is named as every other command names it, or by its file in the catalogue', () => {
    expect(namesOf(['a', 'coder 3'], list, catalogue)).toEqual([{ modelId: 'a' }, { modelId: 'b' }])
    expect(namesOf(['/m/a.gguf', 'made:q8_0'], list, catalogue)).toEqual([{ modelId: 'a' }, { entryId: 'made', quantization: 'Q8_0' }])
    // What is here has been measured, perhaps.
    expect(namesOf(['a', 'made:Q4_K_M'], list, catalogue)).toEqual([{ modelId: 'a' }, { modelId: 'b' }])
  })

  it('is refused in words where it is not clear', () => {
    for (const [words, what] of [
      [['a'], 'These models cannot be compared.'],
      [['a', 'b', 'a', 'b', 'a'], 'These models cannot be compared.'],
      [['a', 'coder'], '“coder” names 2 models.'],
      [['a', 'made'], '“made” comes in several quantizations.'],
      [['a', 'made:Q2'], '“made” does not come as Q2.'],
      [['a', 'Coder 7B'], 'A model was named twice.'],
      [['a', 'nobody'], 'There is no model “nobody”.'],
    ] as const) expect(() => namesOf(words, list, catalogue), words.join(' ')).toThrow(what)
    expect(findEntryFile(catalogue, 'nobody:Q8_0', 'fit')).toBeNull()
  })

  it('stands in columns, with vectors only where some are made', () => {
    const one: ComparedModel = { modelId: 'a', entryId: null, name: 'Coder', quantization: 'Q4_K', sizeBytes: 2e9, parameters: 3e9, activeParameters: 1e9, contextTokens: 4096, uses: ['chat'], languages: ['en'], codeLanguages: null, licence: { name: 'Own', isPermissive: false }, fit, benchmark: null }
    const other: ComparedModel = { ...one, modelId: null, entryId: 'made', name: 'Made', sizeBytes: null, parameters: null, contextTokens: null, uses: [], languages: null, licence: null, fit: { ...fit, tokensPerSecond: null, speedFrom: null } }
    const text = compareTable([one, other])
    expect(text).toContain('On this machine  fits in memory, 4,096 tokens of context')
    expect(text).toMatch(/\nWeights +3,000 million, 1,000 million used for a token +not known\n/)
    expect(text).toMatch(/\nLicence +Own \(conditions\) +not known\n/)
    expect(text).toMatch(/\nExpected +about 7\.3 tokens\/s \(estimate\) +not known\n/)
    expect(text).toMatch(/\nMeasured +not measured yet +not here\n$/)
    expect(text).not.toContain('Vectors')
    const benchmark = { modelId: 'a', measuredAt: new Date('2026-01-02T03:04:05Z'), contextTokens: 512, sequences: 1, gpuLayers: 12, kvCacheType: null, batchTokens: null, prefillTokensPerSecond: null, tokensPerSecond: null, firstTokenMilliseconds: null, embeddingTokensPerSecond: 5000, promptTokens: 1, tokens: 0, rounds: 1, threads: 1, device: 'cuda' }
    expect(compareTable([{ ...one, benchmark }])).toMatch(/\nWriting +-\nVectors +5,000 tokens\/s\nMeasured +2026-01-02 03:04 UTC; 512 tokens of context; 12 layers on cuda, 1 thread\n$/)
  })
})
