import { create } from 'zustand'
import type { Model } from '#shared/contract/models.ts'
import { client } from '../../rpc/client.ts'
import { useEngine } from '../../rpc/engine.ts'

export interface PickerState {
  isOpen: boolean
  /** Why the last load, unload or removal failed. */
  failure: unknown
}

export const usePicker = create<PickerState>(() => ({ isOpen: false, failure: null }))

export function openPicker(): void {
  usePicker.setState({ isOpen: true })
}

let loading: AbortController | null = null

/** Loads a model in place of the one that is there. Progress comes with the engine's state. */
export async function loadModel(id: string): Promise<void> {
  loading?.abort()
  const own = new AbortController()
  loading = own
  usePicker.setState({ failure: null })
  try {
    await client.models.load({ id }, { signal: own.signal })
  } catch (failure) {
    if (!own.signal.aborted) usePicker.setState({ failure })
  }
}

/** Gives up a load, or frees the model that is there. */
export async function unloadModel(): Promise<void> {
  loading?.abort()
  loading = null
  usePicker.setState({ failure: null })
  try {
    await client.models.unload()
  } catch (failure) {
    usePicker.setState({ failure })
  }
}

export async function removeModel(id: string): Promise<void> {
  usePicker.setState({ failure: null })
  try {
    await client.models.remove({ id })
    await refreshModels()
  } catch (failure) {
    usePicker.setState({ failure })
  }
}

/** Adds a file; its header is checked before anything loads it. Throws what is wrong with it. */
export async function addModel(path: string): Promise<Model> {
  const model = await client.models.add({ path })
  await refreshModels()
  return model
}

/** The list may be told by the stream as well; asking once more never hurts. */
async function refreshModels(): Promise<void> {
  useEngine.setState({ models: await client.models.list() })
}

export function runLoad(argument: unknown): void {
  if (typeof argument === 'string') void loadModel(argument)
}
