import { z } from 'zod'
import { ModelOptions, modelRoles, SamplingPreset, type ModelOptionsChange, type ModelRole, type ModelRoles } from '#shared/contract/models.ts'
import { AppError } from '#shared/errors.ts'
import { changeIfRoom } from '../../platform/storage/change-if-room.ts'
import { collectionIfOpen } from '../../platform/storage/collection-if-open.ts'
import type { Collection, Storage } from '../../platform/storage/storage.ts'
import { builtInPresets } from './built-in-presets.ts'

export const noOptions: ModelOptions = {
  contextTokens: null, kvCacheType: null, sequences: null, batchTokens: null, gpuLayers: null, threads: null, chatTemplate: null, fillOrder: 'auto', loras: [], draft: null, speculation: 'auto', preset: null,
}

const Kept = z.object({ options: ModelOptions.partial(), isPinned: z.boolean() })
type Kept = z.infer<typeof Kept>

/** What a person chose for each model, for each role, and for sampling. While the database stays shut, for this run only. */
export class ModelChoices {
  readonly #storage: Storage
  readonly #kept: () => Collection<Kept> | null
  readonly #roles: () => Collection<string> | null
  readonly #presets: () => Collection<SamplingPreset> | null
  readonly #unkept = new Map<string, Kept>()
  readonly #unkeptRoles = new Map<ModelRole, string | null>()

  constructor(storage: Storage) {
    this.#storage = storage
    this.#kept = collectionIfOpen(storage, 'model-options', Kept)
    this.#roles = collectionIfOpen(storage, 'engine', z.string())
    this.#presets = collectionIfOpen(storage, 'sampling-presets', SamplingPreset)
  }

  options(id: string): ModelOptions {
    return { ...noOptions, ...defined(this.#of(id).options) }
  }

  /** What is absent stays. */
  configure(id: string, change: ModelOptionsChange): ModelOptions {
    if (change.preset) this.preset(change.preset)
    const kept = this.#of(id)
    this.#put(id, { ...kept, options: { ...kept.options, ...defined(change) } })
    return this.options(id)
  }

  isPinned(id: string): boolean {
    return this.#of(id).isPinned
  }

  pin(id: string, isPinned: boolean): void {
    this.#put(id, { ...this.#of(id), isPinned })
  }

  /** Forgets a model that was taken off the list. */
  forget(id: string): void {
    this.#unkept.delete(id)
    changeIfRoom(() => this.#kept()?.delete(id))
    for (const role of modelRoles) if (this.roles()[role] === id) this.setRole(role, null)
  }

  roles(): ModelRoles {
    const role = (name: ModelRole): string | null => this.#unkeptRoles.get(name) ?? this.#roles()?.get(keyOf(name)) ?? null
    return { chat: role('chat'), completion: role('completion'), embedding: role('embedding'), rerank: role('rerank') }
  }

  setRole(role: ModelRole, id: string | null): void {
    this.#unkeptRoles.set(role, id)
    changeIfRoom(() => {
      if (id === null) this.#roles()?.delete(keyOf(role))
      else this.#roles()?.put(keyOf(role), id)
    })
  }

  presets(): SamplingPreset[] {
    const saved = (this.#presets()?.entries() ?? []).map(entry => entry.value).sort((a, b) => a.name.localeCompare(b.name))
    return [...builtInPresets, ...saved]
  }

  /** Throws PRESET_NOT_FOUND. */
  preset(id: string): SamplingPreset {
    const found = this.presets().find(preset => preset.id === id)
    if (!found) throw new AppError('PRESET_NOT_FOUND', { id })
    return found
  }

  /** What the answers of a model begin with; null: as the settings say. */
  presetOf(modelId: string): SamplingPreset | null {
    const { preset } = this.options(modelId)
    return preset === null ? null : (this.presets().find(({ id }) => id === preset) ?? null)
  }

  /** Throws PRESET_NOT_FOUND for one that comes with Cortex, STORAGE_LOCKED and the like where it cannot be kept: it is more than a convenience. */
  savePreset(preset: SamplingPreset): SamplingPreset {
    if (builtInPresets.some(({ id }) => id === preset.id)) throw new AppError('PRESET_NOT_FOUND', { id: preset.id })
    this.#openPresets().put(preset.id, preset)
    return preset
  }

  /** Models that had it go on as the settings say. Throws as `savePreset`. */
  removePreset(id: string): void {
    const presets = this.#openPresets()
    if (this.preset(id).isBuiltIn) throw new AppError('PRESET_NOT_FOUND', { id })
    presets.delete(id)
    const known = new Set([...this.#unkept.keys(), ...(this.#kept()?.entries() ?? []).map(({ key }) => key)])
    for (const modelId of known) if (this.options(modelId).preset === id) this.configure(modelId, { preset: null })
  }

  #openPresets(): Collection<SamplingPreset> {
    const presets = this.#presets()
    if (!presets) throw this.#storage.problem ?? new AppError('STORAGE_LOCKED', { path: 'cortex.db', reason: 'the vault is locked' })
    return presets
  }

  #of(id: string): Kept {
    return this.#unkept.get(id) ?? this.#kept()?.get(id) ?? { options: {}, isPinned: false }
  }

  #put(id: string, kept: Kept): void {
    this.#unkept.set(id, kept)
    changeIfRoom(() => this.#kept()?.put(id, kept))
  }
}

// The chat role's key is older than roles.
function keyOf(role: ModelRole): string {
  return role === 'chat' ? 'chosen' : `role.${role}`
}

function defined(options: ModelOptionsChange): Partial<ModelOptions> {
  // What is left out is `undefined`, which would hide what was there.
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}
