import { create } from 'zustand'
import { mostCompared, type CatalogueItem, type ComparedName } from '#shared/contract/library.ts'
import type { Model } from '#shared/contract/models.ts'
import { openModelsDialog } from './models-view-store.ts'

export interface CompareOption {
  key: string
  label: string
  name: ComparedName
}

export const modelKey = (id: string): string => `model ${id}`
export const entryKey = (entryId: string, quantization: string): string => `entry ${entryId} ${quantization}`

/** What a person put side by side, in order; it stays while the window does. */
export const useCompared = create<{ keys: readonly string[] }>(() => ({ keys: [] }))

export function keepCompared(keys: readonly string[]): void {
  useCompared.setState({ keys })
}

/** Opens the comparison with this one in it, in place of the oldest where it is full. */
export function compareWith(key: string): void {
  useCompared.setState(({ keys }) => (keys.includes(key) ? { keys } : { keys: [...keys.slice(keys.length >= mostCompared ? 1 : 0), key] }))
  openModelsDialog({ kind: 'compare' })
}

/** All that can be compared: what is on this machine, then what the catalogue has besides. */
export function compareOptions(models: readonly Model[], catalogue: readonly CatalogueItem[]): CompareOption[] {
  return [
    ...models.map(({ id, name, quantization }): CompareOption => ({ key: modelKey(id), label: `${name}, ${quantization}`, name: { modelId: id } })),
    ...catalogue.flatMap(({ entry, files }) =>
      files
        .filter(({ modelId }) => modelId === null)
        .map(({ quantization }): CompareOption => ({ key: entryKey(entry.id, quantization), label: `${entry.name}, ${quantization}, not here`, name: { entryId: entry.id, quantization } })),
    ),
  ]
}

/** The chosen among them: without what is gone, and a file of the catalogue that came here meanwhile as the model that it is now. */
export function chosenOptions(keys: readonly string[], options: readonly CompareOption[], catalogue: readonly CatalogueItem[]): CompareOption[] {
  const arrived = new Map(catalogue.flatMap(({ entry, files }) => files.flatMap(({ quantization, modelId }) => (modelId === null ? [] : [[entryKey(entry.id, quantization), modelKey(modelId)] as const]))))
  const now = new Set(keys.map(key => arrived.get(key) ?? key))
  return [...now].flatMap(key => options.find(option => option.key === key) ?? [])
}
