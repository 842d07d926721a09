import { basename } from 'node:path'
import type { Download } from '#shared/contract/downloads.ts'
import type { Hardware } from '#shared/contract/hardware.ts'
import type { CatalogueItem, FileState, ModelOrigin } from '#shared/contract/library.ts'
import type { Model } from '#shared/contract/models.ts'
import type { Catalogue, CatalogueEntry, CatalogueFile } from '#shared/model-catalogue.ts'
import { factsOfEntry, sizeOfParts } from './catalogue.ts'
import { estimateFit } from './estimate-fit.ts'

interface Surroundings {
  catalogue: Catalogue
  hardware: Hardware
  models: readonly Model[]
  /** By the model's id. */
  origins: ReadonlyMap<string, ModelOrigin | null>
  downloads: readonly Download[]
  freeDiskBytes: number | null
}

/** The catalogue as it looks on this machine now. */
export function catalogueItems({ catalogue, hardware, models, origins, downloads, freeDiskBytes }: Surroundings): CatalogueItem[] {
  return catalogue.entries.map(entry => ({
    entry,
    files: entry.files.map((file): FileState => {
      const download = downloads.find(one => one.entryId === entry.id && one.quantization === file.quantization)
      const sizeBytes = sizeOfParts(file.parts) ?? download?.sizeBytes ?? null
      const model = models.find(one => isOf(one, origins.get(one.id) ?? null, entry, file))
      return {
        quantization: file.quantization,
        sizeBytes,
        hasDiskRoom: sizeBytes === null || freeDiskBytes === null ? null : sizeBytes - (download?.doneBytes ?? 0) <= freeDiskBytes,
        fit: estimateFit({ ...factsOfEntry(entry, file.quantization), sizeBytes }, hardware),
        downloadId: download?.id ?? null,
        modelId: model?.id ?? null,
      }
    }),
  }))
}

/** The catalogue's entry for a model, wherever its file lies. */
export function entryOf(model: Model, origin: ModelOrigin | null, { entries }: Catalogue): CatalogueEntry | null {
  return entries.find(entry => entry.files.some(file => isOf(model, origin, entry, file))) ?? null
}

/** The entry that names the hash of every file, in order. */
export function entryOfHashes(hashes: readonly string[], { entries }: Catalogue): CatalogueEntry | null {
  return entries.find(({ files }) => files.some(({ parts }) => parts.length === hashes.length && parts.every(({ sha256 }, index) => sha256 !== null && sha256 === hashes[index]))) ?? null
}

/** Known by where it came from, or by the name of its file below the name of its repository, as all stores but Ollama's keep them. */
function isOf(model: Model, origin: ModelOrigin | null, { id, repository }: CatalogueEntry, { quantization, parts }: CatalogueFile): boolean {
  if (origin?.entryId === id) return model.quantization === quantization || basename(model.path) === basename(parts[0]?.path ?? '')
  const path = model.path.replaceAll('\\', '/')
  return path.split('/').at(-1) === basename(parts[0]?.path ?? '') && (path.includes(`/${repository}/`) || path.includes(`/models--${repository.replace('/', '--')}/`))
}
