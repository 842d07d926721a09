import { open, stat } from 'node:fs/promises'
import type { Model, ModelOptions } from '#shared/contract/models.ts'
import { AppError } from '#shared/errors.ts'
import { pathsOfModel } from '#shared/gguf/model-files.ts'
import { modelShape, type ModelShape } from '#shared/gguf/model-shape.ts'
import { readGgufHeader, type GgufHeader } from '#shared/gguf/read-header.ts'
import { quoted } from '#shared/gguf/quoted.ts'
import { vocabularyPrint } from '#shared/gguf/vocabulary-print.ts'
import type { LoadPlan } from '#shared/load-plan.ts'
import type { Settings } from '#shared/setting-definitions.ts'
import { readError } from '../../platform/files/file-errors.ts'
import { planLoad, type PlanRequest } from './fit-plan.ts'

export type PlanSettings = Pick<Settings, 'model.contextTokens' | 'model.threads' | 'model.device' | 'model.sequences'>

interface Asked {
  model: Model
  options: ModelOptions
  settings: PlanSettings
  memory: PlanRequest['memory']
  /** The model that drafts, where the options name one. */
  draft: Model | null
  belowBytes?: number | undefined
}

interface Known {
  stamp: string
  shape: ModelShape
  vocabulary: string
}

/** Plans loads from the headers of models' files; a header is read once while its file stays the same. */
export class ModelPlanner {
  readonly #known = new Map<string, Known>()

  /** Throws MODEL_FILE_INVALID, FILE_NOT_FOUND, FILE_UNREADABLE, MODEL_OPTION_INVALID. */
  async plan({ model, options, settings, memory, draft, belowBytes }: Asked): Promise<LoadPlan> {
    const isGenerating = model.use === 'generate'
    const [{ shape }, drafting, loraBytes] = await Promise.all([this.#read(model.path), draft && this.#read(draft.path), sizesOf(model.id, options.loras.map(({ path }) => path))])
    return planLoad({
      shape,
      isGenerating,
      memory: settings['model.device'] === 'cpu' ? { ...memory, freeGpuBytes: null } : memory,
      wishes: {
        contextTokens: options.contextTokens ?? (isGenerating && settings['model.contextTokens'] > 0 ? settings['model.contextTokens'] : null),
        kvCacheType: options.kvCacheType,
        sequences: options.sequences ?? (isGenerating ? settings['model.sequences'] : 1),
        batchTokens: options.batchTokens,
        gpuLayers: options.gpuLayers,
        threads: options.threads ?? (settings['model.threads'] > 0 ? settings['model.threads'] : null),
      },
      extras: { weightsBytes: loraBytes, draft: drafting && drafting.shape },
      belowBytes,
    })
  }

  /** Layers of a model whose every token reads all of it; null for others. Throws as `plan`. */
  async layersRead({ path }: Model): Promise<number | null> {
    const { hasExperts, blockBytes } = (await this.#read(path)).shape
    return hasExperts || blockBytes.length === 0 ? null : blockBytes.length
  }

  /** Throws MODEL_OPTION_INVALID where one cannot draft for the other, and as `plan` for the file of `model`. */
  async demandDraft(model: Model, draft: Model): Promise<void> {
    const fail = (reason: string, cause?: unknown): never => {
      throw new AppError('MODEL_OPTION_INVALID', { id: model.id, option: 'draft', reason }, { cause })
    }
    if (model.use !== 'generate') fail('It writes no text, so nothing drafts for it')
    if (draft.id === model.id) fail('A model does not draft for itself')
    if (draft.use !== 'generate') fail(`${quoted(draft.name)} writes no text`)
    const { vocabulary } = await this.#read(model.path)
    const theirs = await this.#read(draft.path).catch((cause: unknown) => fail(`The file of ${quoted(draft.name)} is not there or cannot be read`, cause))
    if (theirs.vocabulary !== vocabulary) fail(`${quoted(draft.name)} has another vocabulary`)
  }

  /** Of `others`, the smaller ones that can draft for a model; those whose files cannot be read are left out. */
  async draftsFor(model: Model, others: readonly Model[]): Promise<Model[]> {
    const smaller = others.filter(({ parameters }) => parameters < model.parameters)
    const can = await Promise.all(smaller.map(async other => await this.demandDraft(model, other).then(() => true, () => false)))
    return smaller.filter((_, index) => can[index])
  }

  async #read(path: string): Promise<Known> {
    const paths = pathsOfModel(path)
    try {
      const stamp = (await Promise.all(paths.map(async part => await stat(part)))).map(({ size, mtimeMs }) => `${size}:${mtimeMs}`).join()
      const known = this.#known.get(path)
      if (known?.stamp === stamp) return known
      const headers: GgufHeader[] = []
      for (const part of paths) headers.push(await readHeader(part))
      const [first] = headers
      const read = { stamp, shape: modelShape(headers), vocabulary: first ? vocabularyPrint(first) : '' }
      this.#known.set(path, read)
      return read
    } catch (error) {
      throw readError(error, path)
    }
  }
}

async function readHeader(path: string): Promise<GgufHeader> {
  await using file = await open(path)
  const { size } = await file.stat()
  const read = async (offset: number, length: number): Promise<Uint8Array> => {
    const buffer = new Uint8Array(length)
    const { bytesRead } = await file.read(buffer, 0, length, offset)
    return buffer.subarray(0, bytesRead)
  }
  return await readGgufHeader({ path, sizeBytes: size, read })
}

async function sizesOf(id: string, paths: readonly string[]): Promise<number> {
  const sizes = await Promise.all(
    paths.map(async path => {
      const found = await stat(path).catch(() => null)
      if (!found?.isFile()) throw new AppError('MODEL_OPTION_INVALID', { id, option: 'loras', reason: 'The file of an adapter is not there' })
      return found.size
    }),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}
