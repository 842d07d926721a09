import { realpath, rm, rmdir, stat } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, resolve, sep } from 'node:path'
import { z } from 'zod'
import type { Download } from '#shared/contract/downloads.ts'
import type { Hardware } from '#shared/contract/hardware.ts'
import { ModelOrigin, type AddResult, type CatalogueItem, type ComparedModel, type ComparedName, type Fit, type LibraryEvent, type LibraryFolder, type ModelDetails, type ModelSource, type PackEvent, type ScanEvent, type UnpackEvent } from '#shared/contract/library.ts'
import type { Benchmark, Model } from '#shared/contract/models.ts'
import { AppError, isAppError } from '#shared/errors.ts'
import { describeModelFiles, pathsOfModel } from '#shared/gguf/model-files.ts'
import type { Catalogue } from '#shared/model-catalogue.ts'
import type { Settings } from '#shared/setting-definitions.ts'
import type { Audit } from '../../platform/audit/audit.ts'
import { recordIfPossible } from '../../platform/audit/record-if-possible.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import { folderError, writeError } from '../../platform/files/file-errors.ts'
import { withGgufFile } from '../../platform/files/gguf-source.ts'
import { freeDisk } from '../../platform/files/free-disk.ts'
import { Listeners } from '../../platform/live/listeners.ts'
import { liveStream, newest } from '../../platform/live/live-stream.ts'
import type { Log } from '../../platform/log/log.ts'
import { describeFault } from '../../platform/log/log-faults.ts'
import { changeIfRoom } from '../../platform/storage/change-if-room.ts'
import { collectionIfOpen } from '../../platform/storage/collection-if-open.ts'
import type { Storage } from '../../platform/storage/storage.ts'
import { factsOfEntry } from './catalogue.ts'
import { catalogueItems, entryOf, entryOfHashes } from './catalogue-items.ts'
import { compareModels } from './compare-models.ts'
import { estimateFit } from './estimate-fit.ts'
import { findInFolder, storesOf, type Candidate } from './find-models.ts'
import { readModelDetails } from './model-details.ts'
import { readPack, writePack, type ToPack } from './pack.ts'
import { Uploads } from './uploads.ts'

interface Dependencies {
  catalogue: Catalogue
  models: { list(): Promise<Model[]>; known(): Promise<Model[]>; benchmarks(): Promise<Benchmark[]>; add(path: string, source?: ModelSource): Promise<Model>; unload(id: string): Promise<void>; remove(id: string): void }
  hardware: { quick(): Promise<Hardware>; get(): Promise<Hardware>; onChange(listener: () => void): () => void; measure(): Promise<unknown> }
  downloads: () => { list(): Download[]; onChange(listener: () => void): () => void }
  settings: { values(): Promise<Pick<Settings, 'models.folder' | 'model.memoryBudget'>> }
  storage: Storage
  audit: Audit
  clock: Clock
  log: Log
  stateFolder: string
  home: string
  environment: Readonly<Record<string, string | undefined>>
  tickMilliseconds?: number
}

const KeptFolder = z.object({ models: z.number(), skipped: z.number() })
type KeptFolder = z.infer<typeof KeptFolder>
type Skipped = AddResult['skipped'][number]

/** The catalogue, the models on this machine that others put there, and what goes in and out on a stick. */
export class LibraryService {
  readonly uploads: Uploads
  readonly #dependencies: Dependencies
  readonly #folders
  readonly #origins
  readonly #errors = new Map<string, LibraryFolder['error']>()
  readonly #changes = new Listeners<void>()

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
    this.#folders = collectionIfOpen<KeptFolder>(dependencies.storage, 'library-folders', KeptFolder)
    this.#origins = collectionIfOpen<ModelOrigin>(dependencies.storage, 'model-origins', ModelOrigin)
    this.uploads = new Uploads(() => this.modelsFolder())
  }

  /** Looks through the folders that were added: something may have come or gone meanwhile. */
  async start(): Promise<void> {
    for (const { key } of this.#folders()?.entries() ?? []) {
      await this.#addAll(key).catch((error: unknown) => {
        if (isAppError(error)) this.#errors.set(key, { code: error.code, data: error.data })
        else this.#dependencies.log.error('A folder of models could not be looked through', describeFault(error))
      })
    }
    await this.uploads.sweep().catch((error: unknown) => this.#dependencies.log.error('What is left of uploads could not be swept', describeFault(error)))
    this.#changes.tell()
  }

  /** Where downloads, uploads and unpacked models go. */
  async modelsFolder(): Promise<string> {
    const { settings, stateFolder } = this.#dependencies
    const chosen = (await settings.values())['models.folder'].trim()
    return isAbsolute(chosen) ? chosen : join(stateFolder, 'models')
  }

  watch(signal?: AbortSignal): AsyncGenerator<LibraryEvent> {
    const { hardware, downloads, tickMilliseconds = 5000 } = this.#dependencies
    return liveStream<LibraryEvent>(
      async (push, fail) => {
        let last = ''
        let isTelling = false
        let isAgain = false
        // One at a time, and never twice the same.
        const tell = async (): Promise<void> => {
          isAgain = true
          if (isTelling) return
          isTelling = true
          try {
            while (isAgain) {
              isAgain = false
              const event = await this.#snapshot()
              const text = JSON.stringify(event)
              if (text !== last) push(event)
              last = text
            }
          } finally {
            isTelling = false
          }
        }
        const retell = (): void => void tell().catch(fail)
        await tell()
        void this.#measured().then(retell, retell)
        const timer = setInterval(retell, tickMilliseconds).unref()
        const stops = [hardware.onChange(retell), downloads().onChange(retell), this.#changes.add(retell)]
        return () => {
          clearInterval(timer)
          for (const stop of stops) stop()
        }
      },
      { signal, limit: 1, collapse: newest },
    )
  }

  async catalogue(): Promise<CatalogueItem[]> {
    await this.#measured().catch(() => undefined)
    return await this.#items(await this.#withinBudget(await this.#dependencies.hardware.get()))
  }

  /** Throws CATALOGUE_ENTRY_NOT_FOUND. */
  async fit(entryId: string, quantization: string, contextTokens: number | null): Promise<Fit> {
    const entry = this.#dependencies.catalogue.entries.find(({ id }) => id === entryId)
    if (!entry?.files.some(file => file.quantization === quantization)) throw new AppError('CATALOGUE_ENTRY_NOT_FOUND', { id: `${entryId}:${quantization}` })
    return estimateFit(factsOfEntry(entry, quantization), await this.#withinBudget(await this.#dependencies.hardware.get()), contextTokens)
  }

  /** Throws MODEL_NOT_FOUND and as `readModelDetails`. */
  async details(named: { path?: string | null | undefined; modelId?: string | null | undefined }): Promise<ModelDetails> {
    const models = await this.#dependencies.models.known()
    const model = models.find(({ id, path }) => (named.modelId ? id === named.modelId : path === named.path))
    if (named.modelId && !model) throw new AppError('MODEL_NOT_FOUND', { id: named.modelId })
    const path = model?.path ?? named.path
    if (!path) throw new AppError('FILE_NOT_FOUND', { path: '' })
    return await readModelDetails(path, await this.#withinBudget(await this.#dependencies.hardware.quick()), model ? this.originOf(model.id) : null)
  }

  /** Throws MODEL_NOT_FOUND, CATALOGUE_ENTRY_NOT_FOUND and as `readModelDetails`. */
  async compare(named: readonly ComparedName[]): Promise<ComparedModel[]> {
    const { catalogue, models } = this.#dependencies
    await this.#measured().catch(() => undefined)
    const [list, benchmarks] = await Promise.all([models.known(), models.benchmarks()])
    return await compareModels(named, {
      ...{ catalogue, models: list, benchmarks },
      originOf: id => this.originOf(id),
      detailsOf: modelId => this.details({ modelId }),
      fitOf: (entryId, quantization) => this.fit(entryId, quantization, null),
    })
  }

  originOf(modelId: string): ModelOrigin | null {
    return this.#origins()?.get(modelId) ?? null
  }

  /** Makes a file a model and keeps where it came from. Throws as `models.add`. */
  async addWithOrigin(path: string, origin: ModelOrigin): Promise<Model> {
    const model = await this.#dependencies.models.add(path, origin.source)
    changeIfRoom(() => this.#origins()?.put(model.id, origin))
    this.#changes.tell()
    return model
  }

  async *scan(folder: string | null, signal?: AbortSignal): AsyncGenerator<ScanEvent> {
    const known = new Map((await this.#dependencies.models.list()).map(({ path, id }) => [path, id]))
    const stores = folder === null ? await storesOf(this.#dependencies) : [{ kind: 'added' as const, path: await readableFolder(folder), find: (given?: AbortSignal) => findInFolder(folder, 'added', given) }]
    const ends = []
    for (const { kind, path, find } of stores) {
      let count = 0
      const isThere = await stat(path).then(found => found.isDirectory(), () => false)
      for await (const candidate of find(signal)) {
        count++
        yield { type: 'found', model: { ...(await look(candidate)), modelId: known.get(candidate.path) ?? null } }
      }
      ends.push({ kind, path, isThere, models: count })
    }
    yield { type: 'scan-end', stores: ends }
  }

  async add(paths: readonly string[]): Promise<AddResult> {
    const stores = await storesOf(this.#dependencies)
    return await this.#addEach(paths.map(path => ({ path, name: basename(path), source: stores.find(store => isWithin(path, store.path))?.kind ?? 'added' })))
  }

  /** Throws FOLDER_NOT_FOUND, FOLDER_UNREADABLE, NOT_A_FOLDER. */
  async addFolder(path: string): Promise<AddResult> {
    const result = await this.#addAll(path)
    this.#changes.tell()
    return result
  }

  async removeFolder(path: string): Promise<void> {
    this.#folders()?.delete(path)
    this.#errors.delete(path)
    for (const model of await this.#dependencies.models.list()) if (!model.isStarter && isWithin(model.path, path)) this.#dependencies.models.remove(model.id)
    this.#changes.tell()
  }

  /** Throws MODEL_NOT_FOUND, LIBRARY_FILE_FOREIGN, FILE_NOT_WRITABLE. */
  async deleteFiles(modelId: string): Promise<number> {
    const { models, audit } = this.#dependencies
    const model = (await models.list()).find(({ id }) => id === modelId)
    if (!model) throw new AppError('MODEL_NOT_FOUND', { id: modelId })
    const folder = await this.modelsFolder()
    if (model.isStarter || !isWithin(model.path, folder)) throw new AppError('LIBRARY_FILE_FOREIGN', { path: model.path, folder })
    // Over a link below the folder, too, what belongs to others stays.
    const [real, realFolder] = await Promise.all([dirname(model.path), folder].map(path => realpath(path).catch(() => path)))
    if (real !== realFolder && !isWithin(real ?? '', realFolder ?? '')) throw new AppError('LIBRARY_FILE_FOREIGN', { path: model.path, folder })
    // Off the list last: what fails on the way can be asked for again.
    await models.unload(modelId)
    try {
      for (const path of pathsOfModel(model.path)) await rm(path, { force: true })
      await removeEmpty(dirname(resolve(model.path)), resolve(folder))
    } catch (error) {
      throw writeError(error, model.path)
    }
    models.remove(modelId)
    this.#origins()?.delete(modelId)
    recordIfPossible(audit, { kind: 'model.delete', actor: 'person', outcome: 'done', subject: model.name, details: { bytes: model.sizeBytes } })
    this.#changes.tell()
    return model.sizeBytes
  }

  /** Throws as `Uploads.end` and `models.add`; a file that is no model never gets its name. */
  async endUpload(id: string): Promise<Model> {
    const path = await this.uploads.end(id)
    try {
      return await this.addWithOrigin(path, { source: 'added', label: basename(path), entryId: null, sha256: null, isHashConfirmed: false })
    } catch (error) {
      // Its own: it was never put in the place of another.
      await rm(path, { force: true })
      throw error
    }
  }

  async *pack(modelIds: readonly string[], folder: string, signal?: AbortSignal): AsyncGenerator<PackEvent> {
    const { models, catalogue, clock, audit } = this.#dependencies
    if (!isAbsolute(folder)) throw new AppError('FILE_NAME_INVALID', { name: folder, reason: 'a whole path is wanted' })
    const list = await models.list()
    const items: ToPack[] = []
    for (const id of new Set(modelIds)) {
      const model = list.find(one => one.id === id)
      if (!model) throw new AppError('MODEL_NOT_FOUND', { id })
      const entry = entryOf(model, this.originOf(id), catalogue)
      const { licence } = await readModelDetails(model.path, await this.#dependencies.hardware.quick(), null)
      items.push({ name: model.name, paths: pathsOfModel(model.path), licence: entry?.licence.name ?? licence, origin: this.originOf(id), entry })
    }
    for await (const event of writePack(items, folder, clock.now(), signal)) {
      if (event.type === 'pack-end') recordIfPossible(audit, { kind: 'model.pack', actor: 'person', outcome: 'done', details: { models: event.models, bytes: event.sizeBytes } })
      yield event
    }
  }

  async *unpack(folder: string, signal?: AbortSignal): AsyncGenerator<UnpackEvent> {
    const added: Model[] = []
    const skipped: Skipped[] = []
    for await (const step of readPack(folder, join(await this.modelsFolder(), 'unpacked'), signal)) {
      if (step.type === 'progress') yield step
      else if (step.type === 'skipped') skipped.push({ path: step.path, error: step.error })
      else {
        const { model, path } = step.unpacked
        // Whoever made the pack could write anything into it; only the own catalogue vouches.
        const entry = entryOfHashes(model.files.map(({ sha256 }) => sha256), this.#dependencies.catalogue)
        const origin: ModelOrigin = { source: 'added', label: entry?.repository ?? `pack: ${model.name}`, entryId: entry?.id ?? null, sha256: model.files[0]?.sha256 ?? null, isHashConfirmed: entry !== null }
        await this.addWithOrigin(path, origin).then(one => added.push(one), (error: unknown) => skipped.push(shown(path, error)))
      }
    }
    recordIfPossible(this.#dependencies.audit, { kind: 'model.unpack', actor: 'person', outcome: 'done', details: { models: added.length, skipped: skipped.length } })
    yield { type: 'unpack-end', added, skipped }
  }

  async dispose(): Promise<void> {
    await this.uploads.dispose()
  }

  /** Expected speeds want to know how fast this machine is: measured once, when somebody looks. */
  async #measured(): Promise<void> {
    const { hardware } = this.#dependencies
    if ((await hardware.quick()).bandwidth === null) await hardware.measure()
  }

  async #snapshot(): Promise<LibraryEvent> {
    const modelsFolder = await this.modelsFolder()
    const folders = (this.#folders()?.entries() ?? []).map(({ key: path, value }) => ({ path, ...value, error: this.#errors.get(path) ?? null }))
    const freeDiskBytes = await freeDisk(modelsFolder)
    return { type: 'snapshot', catalogue: await this.#items(roughly(await this.#withinBudget(await this.#dependencies.hardware.quick()))), folders, modelsFolder, freeDiskBytes: freeDiskBytes === null ? null : freeDiskBytes - (freeDiskBytes % (64 << 20)) }
  }

  /** A model fits only where the part of the memory that models may take holds it too. */
  async #withinBudget(hardware: Hardware): Promise<Hardware> {
    const { memory } = hardware
    const budgetBytes = Math.floor(Math.min(memory.totalBytes, memory.limitBytes ?? Infinity) * ((await this.#dependencies.settings.values())['model.memoryBudget'] / 100))
    return { ...hardware, memory: { ...memory, availableBytes: Math.min(memory.availableBytes, budgetBytes) } }
  }

  async #items(hardware: Hardware): Promise<CatalogueItem[]> {
    const { catalogue, models, downloads } = this.#dependencies
    const folder = await this.modelsFolder()
    const list = await models.list()
    const origins = new Map(list.map(({ id }) => [id, this.originOf(id)]))
    return catalogueItems({ catalogue, hardware, models: list, origins, downloads: downloads().list(), freeDiskBytes: await freeDisk(folder) })
  }

  /** Throws FOLDER_NOT_FOUND, NOT_A_FOLDER and the like. */
  async #addAll(folder: string): Promise<AddResult> {
    await readableFolder(folder)
    const candidates: Candidate[] = []
    for await (const candidate of findInFolder(folder, 'added')) candidates.push(candidate)
    const result = await this.#addEach(candidates)
    this.#errors.delete(folder)
    this.#folders()?.put(folder, { models: result.added.length, skipped: result.skipped.length })
    return result
  }

  async #addEach(candidates: readonly Candidate[]): Promise<AddResult> {
    const added: Model[] = []
    const skipped: Skipped[] = []
    for (const { path, name, source } of candidates) {
      try {
        const model = await this.#dependencies.models.add(path, source)
        added.push(model)
        if (!model.isStarter && !this.originOf(model.id)) changeIfRoom(() => this.#origins()?.put(model.id, { source, label: name, entryId: null, sha256: null, isHashConfirmed: false }))
      } catch (error) {
        skipped.push(shown(path, error))
      }
    }
    this.#changes.tell()
    return { added, skipped }
  }
}

function shown(path: string, error: unknown): Skipped {
  if (!isAppError(error)) throw error
  return { path, error: { code: error.code, data: error.data } }
}

async function look({ path, name, source }: Candidate): Promise<Omit<Extract<ScanEvent, { type: 'found' }>['model'], 'modelId'>> {
  try {
    const { description, sizeBytes } = await describeModelFiles(path, withGgufFile)
    const { architecture, parameters, quantization, contextLength } = description
    return { path, name, source, sizeBytes, summary: { architecture, parameters, quantization, contextLength }, error: null }
  } catch (error) {
    return { path, name, source, sizeBytes: await stat(path).then(found => found.size, () => 0), summary: null, error: shown(path, error).error }
  }
}

async function readableFolder(path: string): Promise<string> {
  const found = await stat(path).catch((error: unknown) => Promise.reject(folderError(error, path) as Error))
  if (!found.isDirectory()) throw new AppError('NOT_A_FOLDER', { path })
  return path
}

async function removeEmpty(folder: string, root: string): Promise<void> {
  if (folder === root || !isWithin(folder, root)) return
  const isRemoved = await rmdir(folder).then(() => true, () => false)
  if (isRemoved) await removeEmpty(dirname(folder), root)
}

function isWithin(path: string, folder: string): boolean {
  const root = resolve(folder)
  // A root of a disk ends with its separator already.
  return resolve(path).startsWith(root.endsWith(sep) ? root : root + sep)
}

/** What moves all the time in steps that a person would notice. */
function roughly(hardware: Hardware): Hardware {
  const step = (bytes: number): number => bytes - (bytes % (64 << 20))
  return { ...hardware, memory: { ...hardware.memory, availableBytes: step(hardware.memory.availableBytes) }, gpus: hardware.gpus.map(gpu => ({ ...gpu, freeBytes: step(gpu.freeBytes) })) }
}

