import { basename, dirname } from 'node:path'
import type { FileContent, FileEntry, FileWatchEvent, FoundFile } from '#shared/contract/files.ts'
import { AppError } from '#shared/errors.ts'
import { folderError, readError, writeError } from '../../platform/files/file-errors.ts'
import { nameProblem } from '../../platform/files/file-name.ts'
import type { Files } from '../../platform/files/files.ts'
import { pathParts, resolveInWorkspace } from '../../platform/files/workspace-path.ts'
import { liveStream } from '../../platform/live/live-stream.ts'
import { TurnTaker } from '../../platform/live/turn-taker.ts'
import type { WorkspacesService } from '../workspaces/workspaces-service.ts'
import { decode, encode, isBinary, versionOf } from './file-content.ts'
import type { FileIndexes } from './file-indexes.ts'
import { entryOf, listEntries, type Listing } from './list-entries.ts'
import type { WorkspaceChanges } from './workspace-changes.ts'

const readLimitBytes = 50_000_000

interface Place {
  workspaceId: string
  path: string
}

interface WriteInput extends Place {
  text: string
  encoding: FileContent['encoding']
  lineEnding: FileContent['lineEnding']
  /** Null writes whatever stands there. */
  expectedVersion: string | null
}

interface Dependencies {
  files: Files
  workspaces: WorkspacesService
  changes: WorkspaceChanges
  indexes: FileIndexes
}

/** Reads and changes the files of open workspaces. Paths are relative to their workspace. */
export class FilesService {
  readonly #files: Files
  readonly #workspaces: WorkspacesService
  readonly #changes: WorkspaceChanges
  readonly #indexes: FileIndexes
  readonly #turns = new TurnTaker()

  constructor({ files, workspaces, changes, indexes }: Dependencies) {
    this.#files = files
    this.#workspaces = workspaces
    this.#changes = changes
    this.#indexes = indexes
  }

  async list(place: Place): Promise<Listing> {
    const folder = await this.#resolve(place)
    try {
      return await listEntries(this.#files, folder, place.path)
    } catch (error) {
      throw folderError(error, place.path)
    }
  }

  async stat(place: Place): Promise<FileEntry | null> {
    const absolute = await this.#resolve(place, { keepsLastLink: true })
    return this.#guard(place.path, readError, () => entryOf(this.#files, absolute, place.path, basename(absolute)))
  }

  async read(place: Place): Promise<FileContent> {
    const { path } = place
    const absolute = await this.#resolve(place)
    return this.#guard(path, readError, async () => {
      const { bytes, sizeBytes } = await this.#files.read(absolute, readLimitBytes)
      if (!bytes) throw new AppError('FILE_TOO_LARGE', { path, sizeBytes, limitBytes: readLimitBytes })
      if (isBinary(bytes)) throw new AppError('FILE_BINARY', { path, sizeBytes })
      const decoded = decode(bytes)
      const isReadOnly = decoded.hasInvalidText || !(await this.#files.canWrite(absolute))
      return { path, sizeBytes, version: versionOf(bytes), isReadOnly, ...decoded }
    })
  }

  async write(input: WriteInput): Promise<{ version: string; sizeBytes: number }> {
    const { path, expectedVersion } = input
    this.#checkName(path)
    const absolute = await this.#resolve(input)
    const bytes = encode(input.text, input.encoding, input.lineEnding)
    return this.#turns.take(absolute, () =>
      this.#guard(path, writeError, async () => {
        if (expectedVersion !== null) await this.#checkUnchanged(absolute, path, expectedVersion)
        else await this.#files.createFolder(dirname(absolute))
        await this.#files.replace(absolute, bytes)
        return { version: versionOf(bytes), sizeBytes: bytes.length }
      }),
    )
  }

  async create(place: Place & { kind: 'file' | 'folder' }): Promise<FileEntry> {
    const { path, kind } = place
    this.#checkName(path)
    const absolute = await this.#resolve(place, { keepsLastLink: true })
    return this.#guard(path, writeError, async () => {
      if (await this.#files.stat(absolute)) throw new AppError('FILE_EXISTS', { path })
      await this.#files.createFolder(kind === 'folder' ? absolute : dirname(absolute))
      if (kind === 'file') await this.#files.createFile(absolute)
      return this.#entry(absolute, path)
    })
  }

  async move({ workspaceId, from, to }: { workspaceId: string; from: string; to: string }): Promise<FileEntry> {
    this.#checkName(to)
    const source = await this.#resolveEntry({ workspaceId, path: from })
    const target = await this.#resolveEntry({ workspaceId, path: to })
    return this.#guard(to, writeError, async () => {
      if (!(await this.#files.stat(source))) throw new AppError('FILE_NOT_FOUND', { path: from })
      await this.#files.createFolder(dirname(target))
      await this.#files.move(source, target)
      return this.#entry(target, to)
    })
  }

  async trash(place: Place): Promise<void> {
    const { path } = place
    const absolute = await this.#resolveEntry(place)
    if (!(await this.#guard(path, readError, () => this.#files.stat(absolute)))) throw new AppError('FILE_NOT_FOUND', { path })
    try {
      await this.#files.trash(absolute)
    } catch (error) {
      throw new AppError('TRASH_FAILED', { path, reason: error instanceof Error ? error.message : String(error) }, { cause: error })
    }
  }

  async watch(workspaceId: string, signal?: AbortSignal): Promise<AsyncGenerator<FileWatchEvent, void, void>> {
    const workspace = await this.#workspaces.get(workspaceId)
    return liveStream<FileWatchEvent>(
      async push => {
        push({ type: 'snapshot' })
        return this.#changes.listen(workspace.path, push)
      },
      { signal, limit: 100, collapse: () => ({ type: 'overflow' }) },
    )
  }

  async find(input: { workspaceId: string; query: string; limit: number }, signal?: AbortSignal): Promise<{ files: FoundFile[]; total: number; isComplete: boolean }> {
    const workspace = await this.#workspaces.get(input.workspaceId)
    return this.#indexes.find(workspace.path, input.query, input.limit, signal)
  }

  async #checkUnchanged(absolute: string, path: string, expectedVersion: string): Promise<void> {
    const stat = await this.#files.stat(absolute)
    if (!stat) throw new AppError('FILE_CHANGED_ON_DISK', { path, version: null })
    const { bytes } = await this.#files.read(absolute, readLimitBytes)
    const version = bytes && versionOf(bytes)
    if (version !== expectedVersion) throw new AppError('FILE_CHANGED_ON_DISK', { path, version })
    if (bytes && decode(bytes).hasInvalidText) throw new AppError('FILE_NOT_WRITABLE', { path, reason: 'it holds bytes that are not text, which saving would lose' })
  }

  #checkName(path: string): void {
    for (const name of pathParts(path)) {
      const reason = nameProblem(name)
      if (reason !== null) throw new AppError('FILE_NAME_INVALID', { name, reason })
    }
  }

  async #resolve({ workspaceId, path }: Place, options?: { keepsLastLink?: boolean }): Promise<string> {
    const workspace = await this.#workspaces.get(workspaceId)
    return this.#guard(path, readError, () => resolveInWorkspace(this.#files, workspace.path, path, options))
  }

  /** Of an entry that is to be moved or trashed: a link itself, and never the workspace. */
  async #resolveEntry(place: Place): Promise<string> {
    if (place.path === '') throw new AppError('PATH_OUTSIDE_WORKSPACE', { path: place.path })
    return this.#resolve(place, { keepsLastLink: true })
  }

  async #entry(absolute: string, path: string): Promise<FileEntry> {
    const entry = await entryOf(this.#files, absolute, path, basename(absolute))
    if (!entry) throw new AppError('FILE_NOT_FOUND', { path })
    return entry
  }

  async #guard<T>(path: string, toError: (error: unknown, path: string) => unknown, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw toError(error, path)
    }
  }
}
