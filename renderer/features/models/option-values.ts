import type { ModelOptions, ModelOptionsChange } from '#shared/contract/models.ts'

/** Everything left to the plan and the settings. */
export const automaticOptions: ModelOptions = {
  contextTokens: null, kvCacheType: null, sequences: null, batchTokens: null, gpuLayers: null, threads: null, chatTemplate: null, fillOrder: 'auto', loras: [], draft: null, speculation: 'auto', preset: null,
}

/** As they can be kept: a path that is still empty is no adapter yet. */
export function wholeOptions(draft: ModelOptions): ModelOptions {
  return { ...draft, loras: draft.loras.map(({ path, scale }) => ({ path: path.trim(), scale })).filter(({ path }) => path !== '') }
}

/** What differs from what is kept. */
export function changedOptions(kept: ModelOptions, draft: ModelOptions): ModelOptionsChange {
  return Object.fromEntries(Object.entries(wholeOptions(draft)).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(kept[key as keyof ModelOptions]))) // keys of ModelOptions
}

/** Null for an empty field: left to the plan. Undefined for what is no whole number in the range. */
export function readWhole(text: string, { min, max }: { min: number; max: number }): number | null | undefined {
  if (text.trim() === '') return null
  const value = Number(text)
  return Number.isInteger(value) && value >= min && value <= max ? value : undefined
}
