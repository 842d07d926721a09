import { mkdir, rename, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { HashSource } from '#shared/contract/downloads.ts'
import { AppError, isAppError } from '#shared/errors.ts'
import { errnoOf, writeError } from '../../platform/files/file-errors.ts'
import type { NetworkDoor } from '../../platform/network/network-door.ts'
import type { DownloadRecord, RecordedFile } from './download-record.ts'
import { fetchFile, type FetchRequest } from './fetch-file.ts'
import { hashFile } from './hash-file.ts'
import { dropPart, finishPart, journalPath, partPath } from './part-file.ts'
import { safe } from './read-target.ts'
import { fileAddress, type Registry } from './registry-address.ts'
import { listRepositoryFiles } from './repository-files.ts'

/** Hashes of files that nobody else vouches for, as they were seen first. */
export interface HashPins {
  get(key: string): string | null
  put(key: string, sha256: string): void
}

export interface RunEvents {
  onSize(index: number, sizeBytes: number): void
  onProgress(index: number, doneBytes: number, freshBytes: number): void
  onSource(host: string): void
  onNote(note: string): void
  /** Hashing: 0 to 1; null when that is over. */
  onChecked(ratio: number | null): void
  /** Something of the record was learnt and is to be kept. */
  onLearnt(): void
}

export interface RunOptions extends Pick<FetchRequest, 'blockBytes' | 'disk' | 'restMilliseconds'> {
  door: NetworkDoor
  registries: readonly [Registry, ...Registry[]]
  connections: number
  pins: HashPins
  /** Where files with a wrong hash go. */
  quarantine: string
  signal: AbortSignal
}

/** Gets and checks every file of a download, in order; the record learns sizes and hashes on the way. Throws as `fetchFile`, and DOWNLOAD_HASH_WRONG. */
export async function runDownload(record: DownloadRecord, options: RunOptions, events: RunEvents): Promise<void> {
  await learnHashes(record, options, events)
  for (const [index, file] of record.files.entries()) {
    if (file.isDone && (await sizeOf(file.path)) !== null) continue
    file.isDone = false
    const pinned = file.sha256 === null ? options.pins.get(pinKey(record, file)) : null
    const expected = file.sha256 ?? pinned
    const actual = (await checkExisting(file, expected, options, events)) ?? (await fetchAndCheck(record, index, expected, options, events))
    if (file.sha256 === null) {
      file.sha256 = actual
      file.hashSource = 'first-download'
    }
    file.isDone = true
    events.onLearnt()
  }
}

export function pinKey({ repository, revision }: Pick<DownloadRecord, 'repository' | 'revision'>, { repositoryPath, url }: RecordedFile): string {
  return repository === null ? (url ?? '') : `${repository}@${revision}/${repositoryPath}`
}

/** Asks the registry what it knows of files of which something is not known: its own word may be a newer one than that of before. That it knows nothing is no reason to stop. */
async function learnHashes(record: DownloadRecord, { door, registries: [registry], signal }: RunOptions, events: RunEvents): Promise<void> {
  const { repository, revision, files } = record
  const [first] = files
  if (repository === null || !first || first.repositoryPath === null || files.every(file => file.isDone || (file.sha256 !== null && file.sizeBytes !== null))) return
  try {
    const listed = new Map((await listRepositoryFiles(door, registry, { repository, revision, path: first.repositoryPath }, signal)).map(file => [file.path, file]))
    for (const file of files) {
      const known = listed.get(file.repositoryPath ?? '')
      if (!known) continue
      file.sizeBytes ??= known.sizeBytes
      if ((file.sha256 === null || file.hashSource === 'repository') && known.sha256 !== null) {
        file.sha256 = known.sha256
        file.hashSource = 'repository' satisfies HashSource
      }
    }
    events.onLearnt()
  } catch (error) {
    signal.throwIfAborted()
    if (!isAppError(error) || error.code === 'EGRESS_REFUSED') throw error
    events.onNote('The registry tells no sizes and hashes of this repository.')
  }
}

/** The hash of a file that lies there already and is the right one; null where none lies there. Throws FILE_EXISTS for another one, and where nothing tells whose it is. */
async function checkExisting(file: RecordedFile, expected: string | null, { signal }: RunOptions, events: RunEvents): Promise<string | null> {
  const sizeBytes = await sizeOf(file.path)
  if (sizeBytes === null) return null
  if (expected === null) throw new AppError('FILE_EXISTS', { path: file.path })
  const actual = await hashed(file.path, sizeBytes, signal, events)
  if (actual !== expected) throw new AppError('FILE_EXISTS', { path: file.path })
  file.sizeBytes = sizeBytes
  await dropPart(file.path)
  return actual
}

async function fetchAndCheck(record: DownloadRecord, index: number, expected: string | null, options: RunOptions, events: RunEvents): Promise<string> {
  const file = record.files[index] as RecordedFile
  const { door, registries, connections, signal, quarantine, blockBytes, disk, restMilliseconds } = options
  const { repository, revision } = record
  const { repositoryPath: path } = file
  const sources = repository === null || path === null ? [{ url: file.url ?? '', headers: {} }] : registries.map(registry => ({ url: fileAddress(registry, { repository, revision, path }), headers: registry.headers }))
  const { sizeBytes } = await fetchFile({
    ...{ door, sources, path: file.path, name: file.name, sha256: expected, sizeBytes: file.sizeBytes, connections, signal },
    onSize: size => events.onSize(index, size),
    onProgress: (done, fresh) => events.onProgress(index, done, fresh),
    onSource: host => events.onSource(host),
    onNote: note => events.onNote(note),
    ...(blockBytes === undefined ? {} : { blockBytes }),
    ...(disk === undefined ? {} : { disk }),
    ...(restMilliseconds === undefined ? {} : { restMilliseconds }),
  })
  file.sizeBytes = sizeBytes
  const actual = await hashed(partPath(file.path), sizeBytes, signal, events)
  if (expected !== null && actual !== expected) throw await setAside(file, expected, actual, quarantine)
  // Before it has its name: after a crash right here, that is how the file is known as the one that came.
  if (expected === null) options.pins.put(pinKey(record, file), actual)
  await finishPart(file.path)
  return actual
}

async function hashed(path: string, sizeBytes: number, signal: AbortSignal, events: RunEvents): Promise<string> {
  events.onChecked(0)
  try {
    return await hashFile(path, { signal, onProgress: done => events.onChecked(sizeBytes === 0 ? 1 : done / sizeBytes) })
  } finally {
    events.onChecked(null)
  }
}

/** Out of the way of everything that looks for models, and there for whoever wants to know what came. */
async function setAside(file: RecordedFile, expected: string, actual: string, quarantine: string): Promise<AppError> {
  const place = join(quarantine, `${safe(file.name)}.${actual.slice(0, 12)}.wrong`)
  try {
    await mkdir(dirname(place), { recursive: true, mode: 0o700 })
    await rename(partPath(file.path), place)
    await dropPart(file.path)
  } catch (error) {
    return new AppError('FILE_NOT_WRITABLE', { path: journalPath(file.path), reason: errnoOf(error) ?? 'it could not be set aside' }, { cause: writeError(error, place) })
  }
  return new AppError('DOWNLOAD_HASH_WRONG', { name: file.name, expected, actual, hashSource: file.hashSource ?? 'first-download', quarantine: place })
}

async function sizeOf(path: string): Promise<number | null> {
  return await stat(path).then(found => (found.isFile() ? found.size : null), () => null)
}
