import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FitFacts } from './estimate-fit.ts'
import { Catalogue, type CatalogueEntry } from '#shared/model-catalogue.ts'

/** SHA-256 of resources/models/catalog.json: a catalogue that was changed after the build is not used. `node tools/pin-catalogue.mjs` renews it. */
export const catalogueSha256 = 'bb7a68e2c83dfb6c982e81127c0c0c1b1413b242619150b0baf65c2663fab48a'

export const noCatalogue: Catalogue = { version: 1, readAt: '', entries: [] }

/** The catalogue that ships with Cortex. Throws where it is missing, was changed, or does not fit its schema. */
export function readCatalogue(resources: string, sha256: string = catalogueSha256): Catalogue {
  const bytes = readFileSync(join(resources, 'models', 'catalog.json'))
  if (createHash('sha256').update(bytes).digest('hex') !== sha256) throw new Error('The catalogue of models is not the one that this Cortex was built with')
  return Catalogue.parse(JSON.parse(bytes.toString('utf8')))
}

export function factsOfEntry(entry: CatalogueEntry, quantization: string): FitFacts {
  const { shape, contextTokens, parameters, activeParameters, uses } = entry
  const parts = entry.files.find(file => file.quantization === quantization)?.parts ?? []
  return { sizeBytes: sizeOfParts(parts), shape, contextTokens, parameters, activeParameters, isGenerating: uses.includes('chat') || uses.includes('completion') }
}

export function sizeOfParts(parts: readonly { sizeBytes: number | null }[]): number | null {
  const sizes = parts.map(({ sizeBytes }) => sizeBytes)
  return sizes.length > 0 && sizes.every(size => size !== null) ? sizes.reduce((sum, size) => sum + size, 0) : null
}
