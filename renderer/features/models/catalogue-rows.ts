import type { CatalogueItem, FileState } from '#shared/contract/library.ts'
import type { CatalogueEntry, ModelUse } from '#shared/model-catalogue.ts'

export interface CatalogueRow {
  /** Unique: the entry and the quantization. */
  key: string
  entry: CatalogueEntry
  file: FileState
}

export interface CatalogueFilter {
  use: ModelUse | 'any'
  fits: 'any' | 'fits'
  query: string
}

export const noFilter: CatalogueFilter = { use: 'any', fits: 'any', query: '' }

const ranks: Readonly<Record<FileState['fit']['verdict'], number>> = { gpu: 0, 'partly-gpu': 0, cpu: 0, unknown: 1, 'too-big': 2 }

/** One row for each file, what fits first; within that as the catalogue has them. */
export function catalogueRows(catalogue: readonly CatalogueItem[], { use, fits, query }: CatalogueFilter): CatalogueRow[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  return catalogue
    .filter(({ entry }) => use === 'any' || entry.uses.includes(use))
    .flatMap(({ entry, files }) => files.map(file => ({ key: `${entry.id} ${file.quantization}`, entry, file })))
    .filter(({ file }) => fits === 'any' || ranks[file.fit.verdict] === 0)
    .filter(({ entry, file }) => words.every(word => `${entry.name} ${entry.family} ${entry.repository} ${file.quantization} ${entry.licence.name} ${entry.uses.join(' ')}`.toLowerCase().includes(word)))
    .toSorted((one, other) => ranks[one.file.fit.verdict] - ranks[other.file.fit.verdict])
}

/** Its name, and that it has conditions where somebody read them: `Gemma (conditions)`. */
export function licenceWords({ name, isPermissive }: { name: string; isPermissive: boolean | null }): string {
  return isPermissive === false ? `${name} (conditions)` : name
}

/** A licence with conditions is said before a download; null where it has none. */
export function licenceNote({ licence }: Pick<CatalogueEntry, 'licence'>): string | null {
  if (licence.isPermissive) return null
  return `Its licence, ${licence.name}, has conditions.${licence.note === null ? ' Read it before you use the model for work.' : ` ${licence.note}`}`
}
