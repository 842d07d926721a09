import { createHash } from 'node:crypto'
import { constants, lstat, mkdir, open, rename, rm, stat, statfs, type FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import { ModelOrigin, ShownError, type PackEvent } from '#shared/contract/library.ts'
import { AppError, isAppError } from '#shared/errors.ts'
import { CatalogueEntry } from '#shared/model-catalogue.ts'
import { DiskFiles } from '../../platform/files/disk-files.ts'
import { errnoOf, folderError, readError, writeError } from '../../platform/files/file-errors.ts'

const manifestName = 'cortex-pack.json'
const mostManifestBytes = 32 << 20
const chunkBytes = 1 << 20
/** Told about as often as a person can see. */
const tellBytes = 32 << 20

const PackedFile = z.object({ name: z.string().regex(/^[^/\\\0]{1,255}$/).refine(name => name !== '.' && name !== '..'), sizeBytes: z.number().int().nonnegative(), sha256: z.string().regex(/^[0-9a-f]{64}$/) })
const PackedModel = z.object({
  name: z.string(),
  /** Below the pack. */
  folder: z.string().regex(/^\d{3}$/),
  files: z.array(PackedFile).min(1).max(256),
  licence: z.string().nullable(),
  origin: ModelOrigin.nullable(),
  entry: CatalogueEntry.nullable(),
})
const Manifest = z.object({ version: z.literal(1), madeAt: z.string(), models: z.array(PackedModel).min(1).max(100) })
export type PackedModel = z.infer<typeof PackedModel>

export interface ToPack {
  name: string
  /** All of its files, absolute. */
  paths: readonly string[]
  licence: string | null
  origin: ModelOrigin | null
  entry: CatalogueEntry | null
}

type Progress = Extract<PackEvent, { type: 'progress' }>

/** Copies models into a new folder, and writes what they are and their hashes last: a pack without that is none. Throws what reading and writing say. */
export async function* writePack(models: readonly ToPack[], folder: string, madeAt: Date, signal?: AbortSignal): AsyncGenerator<PackEvent> {
  const sizes = await Promise.all(models.flatMap(({ paths }) => paths).map(async path => (await stat(path).catch((error: unknown) => Promise.reject(readError(error, path) as Error))).size))
  const totalBytes = sizes.reduce((sum, size) => sum + size, 0)
  await makeFolder(folder)
  let isWhole = false
  try {
    await demandRoom(folder, totalBytes)
    const packed: PackedModel[] = []
    let doneBytes = 0
    for (const [index, { name, paths, licence, origin, entry }] of models.entries()) {
      const below = String(index + 1).padStart(3, '0')
      await mkdir(join(folder, below))
      const files: PackedModel['files'] = []
      for (const path of paths) {
        // A blob of another program is named by its hash alone.
        const file = paths.length === 1 && !path.endsWith('.gguf') ? `${basename(path)}.gguf` : basename(path)
        const copy = copyHashed(path, join(folder, below, file), signal)
        for (let step = await copy.next(); ; step = await copy.next()) {
          if (step.done) {
            files.push({ name: file, ...step.value })
            break
          }
          doneBytes += step.value
          yield { type: 'progress', doneBytes, totalBytes, file: name }
        }
      }
      packed.push({ name, folder: below, files, licence, origin, entry })
    }
    await writeWhole(join(folder, manifestName), `${JSON.stringify({ version: 1, madeAt: madeAt.toISOString(), models: packed }, null, 2)}\n`)
    isWhole = true
    yield { type: 'pack-end', path: folder, models: packed.length, sizeBytes: totalBytes }
  } catch (error) {
    throw signal?.aborted ? signal.reason : writeError(error, folder)
  } finally {
    // Made here a moment ago, with nothing in it but copies.
    if (!isWhole) await rm(folder, { recursive: true, force: true }).catch(() => undefined)
  }
}

export interface Unpacked {
  model: PackedModel
  /** The first file, in its new place. */
  path: string
}

export type UnpackStep = Progress | { type: 'unpacked'; unpacked: Unpacked } | { type: 'skipped'; path: string; error: z.infer<typeof ShownError> }

/** Takes a pack's models into a folder; one whose bytes are not those of its hash does not get there. Throws PACK_INVALID, DISK_FULL and what folders say. */
export async function* readPack(folder: string, target: string, signal?: AbortSignal): AsyncGenerator<UnpackStep> {
  const { models } = await readManifest(folder)
  const totalBytes = models.flatMap(({ files }) => files).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  await mkdir(target, { recursive: true, mode: 0o700 })
  await demandRoom(target, totalBytes)
  let doneBytes = 0
  for (const model of models) {
    const place = join(target, placeOf(model))
    try {
      // No way out of the pack over a link.
      if (!(await lstat(join(folder, model.folder))).isDirectory()) throw new AppError('PACK_INVALID', { path: join(folder, model.folder), reason: 'it is no folder' })
      await mkdir(place, { recursive: true, mode: 0o700 })
      for (const file of model.files) {
        const copy = copyChecked(join(folder, model.folder, file.name), join(place, file.name), file, signal)
        for (let step = await copy.next(); !step.done; step = await copy.next()) {
          doneBytes += step.value
          yield { type: 'progress', doneBytes, totalBytes, file: model.name }
        }
      }
      yield { type: 'unpacked', unpacked: { model, path: join(place, model.files[0]?.name ?? '') } }
    } catch (error) {
      signal?.throwIfAborted()
      const shown = writeError(error, place)
      if (!isAppError(shown) || shown.code === 'DISK_FULL') throw shown
      yield { type: 'skipped', path: join(folder, model.folder), error: { code: shown.code, data: shown.data } }
    }
  }
}

/** The same files come to the same place; one with other parts never writes over those of another model. */
function placeOf({ files }: PackedModel): string {
  const [first, ...others] = files
  const named = first && others.length === 0 ? first.sha256 : createHash('sha256').update(JSON.stringify(files)).digest('hex')
  return named.slice(0, 16)
}

async function readManifest(folder: string): Promise<z.infer<typeof Manifest>> {
  const found = await stat(folder).catch((error: unknown) => Promise.reject(folderError(error, folder) as Error))
  if (!found.isDirectory()) throw new AppError('NOT_A_FOLDER', { path: folder })
  let json: unknown
  try {
    const { bytes } = await new DiskFiles().read(join(folder, manifestName), mostManifestBytes, { followsLink: false })
    if (bytes === null) throw new Error('Too long')
    json = JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch {
    throw new AppError('PACK_INVALID', { path: folder, reason: `it holds no ${manifestName} that can be read` })
  }
  const manifest = Manifest.safeParse(json)
  if (!manifest.success) throw new AppError('PACK_INVALID', { path: folder, reason: `its ${manifestName} is not as a pack's is` })
  return manifest.data
}

/** Yields the bytes of each stretch, and in the end what was copied. */
async function* copyHashed(from: string, to: string, signal?: AbortSignal): AsyncGenerator<number, { sizeBytes: number; sha256: string }> {
  await using source = await open(from)
  return yield* copyStretch(source, to, Number.POSITIVE_INFINITY, signal)
}

/** Copies up to so many bytes. */
async function* copyStretch(source: FileHandle, to: string, mostBytes: number, signal?: AbortSignal): AsyncGenerator<number, { sizeBytes: number; sha256: string }> {
  await using copy = await open(to, 'wx', 0o600)
  const hash = createHash('sha256')
  const buffer = Buffer.alloc(chunkBytes)
  let position = 0
  let told = 0
  while (position < mostBytes) {
    signal?.throwIfAborted()
    const { bytesRead } = await source.read(buffer, 0, Math.min(chunkBytes, mostBytes - position), position)
    if (bytesRead === 0) break
    hash.update(buffer.subarray(0, bytesRead))
    for (let written = 0; written < bytesRead; ) written += (await copy.write(buffer, written, bytesRead - written, position + written)).bytesWritten
    position += bytesRead
    if (position - told >= tellBytes) {
      yield position - told
      told = position
    }
  }
  await copy.sync()
  yield position - told
  return { sizeBytes: position, sha256: hash.digest('hex') }
}

async function* copyChecked(from: string, to: string, expected: { sizeBytes: number; sha256: string }, signal?: AbortSignal): AsyncGenerator<number> {
  const invalid = (reason: string, cause?: unknown): AppError => new AppError('PACK_INVALID', { path: from, reason }, { cause })
  const part = `${to}.part`
  await rm(part, { force: true })
  try {
    // Without O_NONBLOCK, opening a named pipe waits for somebody who writes to it. Windows knows neither flag.
    await using source = await open(from, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0)).catch((error: unknown) => {
      throw errnoOf(error) === 'ELOOP' ? invalid('it is a link', error) : error
    })
    const found = await source.stat()
    if (!found.isFile()) throw invalid('it is no plain file')
    if (found.size !== expected.sizeBytes) throw invalid(`it has ${found.size} bytes, and ${expected.sizeBytes} were packed`)
    const copied = yield* copyStretch(source, part, expected.sizeBytes, signal)
    if (copied.sha256 !== expected.sha256) throw invalid('its bytes are not those that were packed')
    await rename(part, to)
  } finally {
    await rm(part, { force: true })
  }
}

async function writeWhole(path: string, text: string): Promise<void> {
  await using file = await open(path, 'wx', 0o600)
  await file.writeFile(text)
  await file.sync()
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(dirname(folder), { recursive: true })
    await mkdir(folder)
  } catch (error) {
    throw writeError(error, folder)
  }
}

async function demandRoom(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  if (bavail * bsize < bytes) throw new AppError('DISK_FULL', { path: folder })
}
