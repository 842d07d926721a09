import { createHash } from 'node:crypto'
import { basename, isAbsolute, join, resolve } from 'node:path'
import { Model } from '#shared/contract/models.ts'
import { AppError } from '#shared/errors.ts'
import type { ModelDescription } from '#shared/gguf/describe-model.ts'
import { changeIfRoom } from '../../platform/storage/change-if-room.ts'
import { collectionIfOpen } from '../../platform/storage/collection-if-open.ts'
import type { Collection, Storage } from '../../platform/storage/storage.ts'
import { readModelFile } from './read-model-file.ts'

export const starterId = 'starter'
const starterFile = 'cortex-starter-8m-q8_0.gguf'

interface Dependencies {
  storage: Storage
  /** Folder of the bundled resources. */
  resources: string
}

/** The models that Cortex knows: the starter and every file that was added. */
export class ModelList {
  readonly #open: () => Collection<Model> | null
  /** Added while the database is shut. */
  readonly #unkept = new Map<string, Model>()
  readonly #starterPath: string
  #starter: Promise<Model | null> | null = null

  constructor({ storage, resources }: Dependencies) {
    // A database that stays shut takes the list with it, never the starter.
    this.#open = collectionIfOpen(storage, 'models', Model)
    this.#starterPath = join(resources, 'models', starterFile)
  }

  /** The starter first, then by name. */
  async all(): Promise<Model[]> {
    const starter = await this.#readStarter()
    const kept = (this.#kept()?.entries() ?? []).map(({ value }) => [value.id, value] as const)
    const added = [...new Map([...kept, ...this.#unkept]).values()].sort((a, b) => a.name.localeCompare(b.name))
    return starter ? [starter, ...added] : added
  }

  /** Throws MODEL_NOT_FOUND. */
  async get(id: string): Promise<Model> {
    const model = id === starterId ? await this.#readStarter() : this.#added(id)
    if (!model) throw new AppError('MODEL_NOT_FOUND', { id })
    return model
  }

  /** A model by its file, whether it was added or not. Throws as `readModelFile`. */
  async read(named: string): Promise<Model> {
    // One path for one file: `a/../b` names what is elsewhere than it seems. What is not absolute is refused below.
    const path = isAbsolute(named) ? resolve(named) : named
    if (path === this.#starterPath) return this.get(starterId)
    const { description, sizeBytes } = await readModelFile(path)
    return { ...modelOf(idOfPath(path), path, description, sizeBytes), source: this.#added(idOfPath(path))?.source ?? 'added' }
  }

  /** Adds a file, or reads it again; while the database is shut for as long as that is, and kept once it is open. Throws as `readModelFile`, and STORAGE_FULL. */
  async add(path: string, source?: Model['source']): Promise<Model> {
    const read = await this.read(path)
    const model = source && !read.isStarter ? { ...read, source } : read
    if (model.isStarter) return model
    const kept = this.#kept()
    if (kept) kept.put(model.id, model)
    else this.#unkept.set(model.id, model)
    return model
  }

  /** Throws MODEL_NOT_FOUND, for the starter too. */
  remove(id: string): void {
    if (!this.#added(id)) throw new AppError('MODEL_NOT_FOUND', { id })
    this.#unkept.delete(id)
    this.#kept()?.delete(id)
  }

  #added(id: string): Model | null {
    const kept = this.#kept()
    return this.#unkept.get(id) ?? kept?.get(id) ?? null
  }

  /** The collection while it can be had, with what was added before it could. */
  #kept(): Collection<Model> | null {
    const kept = this.#open()
    if (!kept) return null
    for (const [id, model] of this.#unkept) {
      // A full disk leaves it for another time.
      changeIfRoom(() => {
        kept.put(id, model)
        this.#unkept.delete(id)
      })
    }
    return kept
  }

  #readStarter(): Promise<Model | null> {
    this.#starter ??= readModelFile(this.#starterPath).then(
      ({ description, sizeBytes }) => modelOf(starterId, this.#starterPath, description, sizeBytes),
      () => null,
    )
    return this.#starter
  }
}

/** The same file has the same id wherever it is mentioned. */
export function idOfPath(path: string): string {
  return `file-${createHash('sha256').update(path).digest('hex').slice(0, 16)}`
}

function modelOf(id: string, path: string, description: ModelDescription, sizeBytes: number): Model {
  return {
    id,
    name: description.name ?? basename(path, '.gguf'),
    path,
    sizeBytes,
    architecture: description.architecture,
    parameters: description.parameters,
    quantization: description.quantization,
    contextLength: description.contextLength,
    canChat: description.chatTemplate !== null || description.hasChatMl,
    canFill: description.fill !== null,
    canEmbed: description.use === 'embed',
    canRerank: description.use === 'rerank',
    use: description.use,
    source: id === starterId ? 'bundled' : 'added',
    isStarter: id === starterId,
  }
}
