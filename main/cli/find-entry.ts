import type { CatalogueItem, FileState } from '#shared/contract/library.ts'
import type { CatalogueEntry } from '#shared/model-catalogue.ts'
import { UsageError } from './usage-error.ts'

/** A file of the catalogue by ENTRY:QUANTIZATION, or by ENTRY where it comes in one. Null where no entry has this id; throws UsageError where the file is not clear. */
export function findEntryFile(catalogue: readonly CatalogueItem[], named: string, command: string): { entry: CatalogueEntry; file: FileState } | null {
  const [id = '', quantization] = named.split(':')
  const item = catalogue.find(({ entry }) => entry.id === id)
  if (!item) return null
  const { entry, files } = item
  const fitting = quantization === undefined ? files : files.filter(file => file.quantization.toLowerCase() === quantization.toLowerCase())
  const [file] = fitting
  if (file && fitting.length === 1) return { entry, file }
  throw new UsageError({
    what: quantization === undefined ? `“${id}” comes in several quantizations.` : `“${id}” does not come as ${quantization}.`,
    why: `They are ${files.map(one => one.quantization).join(', ')}.`,
    action: `Name one: cortex models ${command} ${id}:${files[0]?.quantization ?? ''}`,
  })
}

export function noEntry(named: string): UsageError {
  return new UsageError({ what: `“${named}” is not in the catalogue.`, why: 'No entry has this id.', action: 'See what there is with cortex models browse.' })
}
