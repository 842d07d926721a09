import { describe, expect, it } from 'vitest'
import type { CatalogueItem, FileState } from '#shared/contract/library.ts'
import type { CatalogueEntry } from '#shared/model-catalogue.ts'
import { catalogueRows, licenceNote, licenceWords, noFilter } from './catalogue-rows.ts'
import { automaticOptions, changedOptions, readWhole } from './option-values.ts'
import { readSource } from './read-source.ts'
import { toBase64 } from './uploads.ts'

const entry: CatalogueEntry = {
  id: 'a', family: 'Qwen', name: 'Qwen Coder 7B', repository: 'q/a', revision: 'main', files: [], uses: ['chat', 'completion'], licence: { name: 'Apache-2.0', isPermissive: true, note: null }, languages: null, codeLanguages: null, contextTokens: null, parameters: null, activeParameters: null, shape: null, dimensions: null, promptNote: null, fillNote: null, sources: {},
}
const file = (quantization: string, verdict: FileState['fit']['verdict']): FileState => ({
  quantization, sizeBytes: 1, hasDiskRoom: true, downloadId: null, modelId: null, fit: { verdict, gpuLayers: null, layers: null, contextTokens: null, neededBytes: null, freeBytes: 1, freeGpuBytes: 0, tokensPerSecond: null, speedFrom: null },
})
const catalogue: CatalogueItem[] = [
  { entry, files: [file('Q8_0', 'too-big'), file('Q4_K_M', 'cpu')] },
  { entry: { ...entry, id: 'b', name: 'BGE', family: 'BGE', uses: ['embedding'] }, files: [file('F16', 'unknown')] },
]

describe('rows of the catalogue', () => {
  it('puts what fits first and what is too big last', () => {
    expect(catalogueRows(catalogue, noFilter).map(({ key }) => key)).toEqual(['a Q4_K_M', 'b F16', 'a Q8_0'])
  })

  it('filters by use, by what fits and by words', () => {
    expect(catalogueRows(catalogue, { ...noFilter, use: 'embedding' }).map(({ key }) => key)).toEqual(['b F16'])
    expect(catalogueRows(catalogue, { ...noFilter, fits: 'fits' }).map(({ key }) => key)).toEqual(['a Q4_K_M'])
    expect(catalogueRows(catalogue, { ...noFilter, query: 'q8 coder' }).map(({ key }) => key)).toEqual(['a Q8_0'])
    expect(catalogueRows(catalogue, { ...noFilter, query: 'nothing' })).toEqual([])
  })

  it('says of a licence only what it holds against a person', () => {
    expect(licenceNote(entry)).toBeNull()
    expect([licenceWords(entry.licence), licenceWords({ name: 'Gemma', isPermissive: false }), licenceWords({ name: 'some terms', isPermissive: null })]).toEqual(['Apache-2.0', 'Gemma (conditions)', 'some terms'])
    expect(licenceNote({ licence: { name: 'Gemma', isPermissive: false, note: 'Terms apply.' } })).toBe('Its licence, Gemma, has conditions. Terms apply.')
    expect(licenceNote({ licence: { name: 'Gemma', isPermissive: false, note: null } })).toMatch(/Read it/)
  })
})

describe('what a person writes', () => {
  it('is a repository, a file in one, an address or nothing', () => {
    expect(readSource(' Qwen/Qwen2.5-GGUF ')).toEqual({ kind: 'list', repository: 'Qwen/Qwen2.5-GGUF' })
    expect(readSource('a/b/sub/c.gguf')).toEqual({ kind: 'repository', repository: 'a/b', revision: 'main', file: 'sub/c.gguf' })
    expect(readSource('https://models.example/c.gguf')).toEqual({ kind: 'address', url: 'https://models.example/c.gguf' })
    expect(['', 'a', 'a/b/readme.md', 'a b/c', 'file:///etc/passwd'].map(readSource)).toEqual([null, null, null, null, null])
  })

  it('changes only those options that differ', () => {
    expect(changedOptions(automaticOptions, automaticOptions)).toEqual({})
    expect(changedOptions(automaticOptions, { ...automaticOptions, contextTokens: 4096, loras: [{ path: ' ', scale: 1 }] })).toEqual({ contextTokens: 4096 })
    expect([readWhole('', { min: 1, max: 9 }), readWhole('5', { min: 1, max: 9 }), readWhole('10', { min: 1, max: 9 }), readWhole('1.5', { min: 1, max: 9 }), readWhole('x', { min: 1, max: 9 })]).toEqual([null, 5, undefined, undefined, undefined])
  })

  it('goes over the wire as base64, however long', () => {
    const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => index % 251)
    expect(Buffer.from(toBase64(bytes), 'base64').equals(bytes)).toBe(true)
  })
})
