import { createHash } from 'node:crypto'
import { basename, isAbsolute, join } from 'node:path'
import { z } from 'zod'
import type { FolderListing, RecentFolder, Workspace, WorkspaceEvent } from '#shared/contract/workspaces.ts'
import { AppError } from '#shared/errors.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import { folderError } from '../../platform/files/file-errors.ts'
import type { Files } from '../../platform/files/files.ts'
import { liveStream } from '../../platform/live/live-stream.ts'
import { Listeners } from '../../platform/live/listeners.ts'
import { TurnTaker } from '../../platform/live/turn-taker.ts'
import { displayPath } from '../../platform/paths/display-path.ts'
import { changeIfRoom } from '../../platform/storage/change-if-room.ts'
import type { Collection, Storage } from '../../platform/storage/storage.ts'
import { listFolders } from './list-folders.ts'

const RememberedFolder = z.object({ path: z.string(), openedAt: z.coerce.date() })
type RememberedFolder = z.infer<typeof RememberedFolder>

const recentLimit = 20

interface Dependencies {
  files: Files
  storage: Storage
  clock: Clock
  home: string
}

/** The folders that are open, and those that were. */
export class WorkspacesService {
  readonly #files: Files
  readonly #storage: Storage
  readonly #clock: Clock
  readonly #home: string
  readonly #remembered: Collection<RememberedFolder>
  readonly #open = new Map<string, Workspace>()
  readonly #changes = new Listeners<void>()
  readonly #requests = new Listeners<Workspace>()

  constructor({ files, storage, clock, home }: Dependencies) {
    this.#files = files
    this.#storage = storage
    this.#clock = clock
    this.#home = home
    this.#remembered = storage.collection('workspaces', RememberedFolder)
  }

  async open(path: string): Promise<Workspace> {
    const workspace = await this.#describe(path)
    this.#open.set(workspace.id, workspace)
    if (!this.#storage.problem) changeIfRoom(() => this.#remembered.put(workspace.id, { path: workspace.path, openedAt: this.#clock.now() }))
    this.#changes.tell()
    return workspace
  }

  async get(workspaceId: string): Promise<Workspace> {
    const open = this.#open.get(workspaceId)
    if (open) return open
    const remembered = this.#storage.problem ? null : this.#remembered.get(workspaceId)
    if (!remembered) throw new AppError('WORKSPACE_NOT_FOUND', { workspaceId })
    const workspace = await this.#describe(remembered.path)
    // The path may lead to another folder by now.
    if (workspace.id !== workspaceId) throw new AppError('WORKSPACE_NOT_FOUND', { workspaceId })
    this.#open.set(workspaceId, workspace)
    this.#changes.tell()
    return workspace
  }

  async recent(): Promise<RecentFolder[]> {
    if (this.#storage.problem) return []
    const folders = this.#remembered.entries().map(entry => entry.value)
    const newest = folders.sort((a, b) => b.openedAt.getTime() - a.openedAt.getTime()).slice(0, recentLimit)
    return Promise.all(newest.map(folder => this.#toRecent(folder)))
  }

  async forget(path: string): Promise<void> {
    if (this.#storage.problem) return
    for (const { key, value } of this.#remembered.entries()) {
      if (value.path === path) this.#remembered.delete(key)
    }
    this.#changes.tell()
  }

  browse(path?: string): Promise<FolderListing> {
    return listFolders(this.#files, this.#absolute(path ?? this.#home), this.#home)
  }

  /** A second start hands its folder over: it is opened, and every window hears of it. */
  async requestFolder(path: string): Promise<Workspace> {
    const workspace = await this.open(path)
    this.#requests.tell(workspace)
    return workspace
  }

  watch(signal?: AbortSignal): AsyncGenerator<WorkspaceEvent, void, void> {
    return liveStream<WorkspaceEvent>(
      async (push, fail) => {
        // One after the other: a snapshot that took longer must not follow a newer one, and a request never comes before the first.
        const turns = new TurnTaker()
        const snapshot = async (): Promise<void> => {
          const recent = await this.recent()
          push({ type: 'snapshot', workspaces: [...this.#open.values()], recent })
        }
        const stopChanges = this.#changes.add(() => void turns.take('', snapshot).catch(fail))
        const stopRequests = this.#requests.add(workspace => void turns.take('', async () => push({ type: 'folder-requested', workspace })))
        await turns.take('', snapshot)
        return () => {
          stopChanges()
          stopRequests()
        }
      },
      { signal },
    )
  }

  #absolute(path: string): string {
    if (path === '~') return this.#home
    return path.startsWith('~/') ? join(this.#home, path.slice(2)) : path
  }

  async #describe(given: string): Promise<Workspace> {
    const wanted = this.#absolute(given)
    if (!isAbsolute(wanted) || wanted.includes('\0')) throw new AppError('FOLDER_NOT_FOUND', { path: given })
    try {
      const path = await this.#files.realPath(wanted)
      // Reading the names proves that it is a folder and that it may be read.
      await this.#files.items(path)
      const id = createHash('sha256').update(path).digest('base64url').slice(0, 22)
      return { id, name: basename(path) || path, path, displayPath: displayPath(path, this.#home) }
    } catch (error) {
      throw folderError(error, given)
    }
  }

  async #toRecent({ path, openedAt }: RememberedFolder): Promise<RecentFolder> {
    const stat = await this.#files.stat(path).catch(() => null)
    return { path, displayPath: displayPath(path, this.#home), name: basename(path) || path, openedAt, isMissing: stat?.kind !== 'folder' }
  }
}
