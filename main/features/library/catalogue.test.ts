import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FakeLog } from '../../platform/log/fake-log.ts'
import { bundledCatalogue } from './catalogue-service.ts'
import { readCatalogue } from './catalogue.ts'

const resources = join(import.meta.dirname, '..', '..', '..', 'resources')
const catalogue = (() => {
  try {
    return readCatalogue(resources)
  } catch (error) {
    throw new Error('resources/models/catalog.json is not the one that is pinned. Look at what changed, then run: node tools/pin-catalogue.mjs', { cause: error })
  }
})()

describe('the catalogue', () => {
  it('is the one that is pinned, and names everything once', () => {
    const ids = catalogue.entries.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    const paths = catalogue.entries.flatMap(({ repository, files }) => files.flatMap(({ parts }) => parts.map(({ path }) => `${repository}/${path}`)))
    expect(new Set(paths).size).toBe(paths.length)
    const uses = new Set(catalogue.entries.flatMap(entry => entry.uses))
    expect([...uses].sort()).toEqual(['chat', 'completion', 'embedding', 'rerank'])
  })

  it.each(catalogue.entries.map(entry => [entry.id, entry] as const))('%s says where each of its facts was read', (_id, entry) => {
    const told = (['contextTokens', 'parameters', 'activeParameters', 'dimensions', 'shape', 'languages', 'codeLanguages'] as const).filter(fact => entry[fact] !== null)
    expect(Object.keys(entry.sources).sort()).toEqual(['files', 'licence', ...told, ...('uses' in entry.sources ? ['uses'] : [])].sort())
    // What is not free for every work says so.
    expect(entry.licence.isPermissive || entry.licence.note !== null).toBe(true)
    for (const { parts } of entry.files) if (parts.length > 1) expect(parts[0]?.path).toMatch(/-00001-of-\d{5}\.gguf$/)
  })

  it('holds the smallest chat model as its file is, and no hash of a conversion made elsewhere', () => {
    const smol = catalogue.entries.find(({ id }) => id === 'smollm2-135m-instruct')
    expect(smol?.files[0]?.parts[0]).toEqual({ path: 'SmolLM2-135M-Instruct.Q4_1.gguf', sizeBytes: 98_362_432, sha256: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53' })
    expect(catalogue.entries.find(({ id }) => id === 'all-minilm-l6-v2')?.files[0]?.parts[0]?.sha256).toBe('263215c3cadd6e16740741a7624ab4cbb6c8e777688bd5331ecfbf5681c2f8ed')
    expect(readFileSync(join(resources, 'models', 'catalog.json'), 'utf8')).not.toContain('479861a1344d2707')
  })

  it('is empty where it was changed, and says so', () => {
    expect(() => readCatalogue(resources, '0'.repeat(64))).toThrow('not the one')
    const log = new FakeLog()
    expect(bundledCatalogue(join(resources, 'missing'), log).entries).toEqual([])
    expect(bundledCatalogue(resources, log)).toEqual(catalogue)
  })
})
