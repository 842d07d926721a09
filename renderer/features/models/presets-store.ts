import { create } from 'zustand'
import type { SamplingPreset } from '#shared/contract/models.ts'
import { client } from '../../rpc/client.ts'
import type { PresetValue } from './preset-values.ts'

interface Presets {
  /** Those that come with Cortex, then those that were saved; null until the host has said it. */
  presets: readonly SamplingPreset[] | null
  /** By the id of a model, the preset that its answers begin with; null: as the settings say. */
  chosen: Readonly<Record<string, string | null>>
}

export const usePresets = create<Presets>(() => ({ presets: null, chosen: {} }))

export async function readPresets(signal?: AbortSignal): Promise<void> {
  const presets = await client.models.presets(undefined, signal ? { signal } : {})
  usePresets.setState({ presets })
}

export function keepChosen(modelId: string, preset: string | null): void {
  usePresets.setState(({ chosen }) => ({ chosen: { ...chosen, [modelId]: preset } }))
}

export async function readChosen(modelId: string, signal?: AbortSignal): Promise<void> {
  keepChosen(modelId, (await client.models.options({ id: modelId }, signal ? { signal } : {})).preset)
}

/** Holds from the next answer on. */
export async function choosePreset(modelId: string, preset: string | null): Promise<void> {
  keepChosen(modelId, (await client.models.configure({ id: modelId, options: { preset } })).preset)
}

/** `id`: of the one that is changed; null for a new one. */
export async function savePreset(id: string | null, value: PresetValue): Promise<void> {
  await client.models.savePreset({ ...value, ...(id === null ? {} : { id }) })
  await readPresets()
}

/** Models that had it go on as the settings say. */
export async function removePreset(id: string): Promise<void> {
  await client.models.removePreset({ id })
  usePresets.setState(({ chosen }) => ({ chosen: Object.fromEntries(Object.entries(chosen).map(([model, preset]) => [model, preset === id ? null : preset])) }))
  await readPresets()
}
