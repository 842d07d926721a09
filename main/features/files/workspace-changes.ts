import type { FileChange, FileWatchEvent } from '#shared/contract/files.ts'
import { reasonOf } from '../../platform/files/file-errors.ts'
import type { FolderWatcher, WatchBatch } from '../../platform/files/folder-watcher.ts'
import { isTemporaryName } from '../../platform/files/replace-file.ts'
import { toRelativePath } from '../../platform/files/workspace-path.ts'
import { Listeners } from '../../platform/live/listeners.ts'
import type { Log } from '../../platform/log/log.ts'

type Change = Exclude<FileWatchEvent, { type: 'snapshot' }>

const gatherMilliseconds = 100
const changesAtOnce = 5000
const ignoredFolders = ['node_modules', '.git']

/** One watcher for each folder, however many listen; changes are gathered over 100 ms. */
export class WorkspaceChanges {
  readonly #watcher: FolderWatcher
  readonly #log: Log
  readonly #watched = new Map<string, WatchedFolder>()

  constructor(watcher: FolderWatcher, log: Log) {
    this.#watcher = watcher
    this.#log = log
  }

  /** Resolves once changes are seen; returns how to stop. Where the system cannot watch, the log says so and nothing is told. */
  async listen(folder: string, listener: (change: Change) => void): Promise<() => void> {
    const watched = this.#watched.get(folder) ?? new WatchedFolder(folder, this.#watcher, this.#log)
    this.#watched.set(folder, watched)
    const remove = watched.listeners.add(listener)
    await watched.started
    return () => {
      remove()
      if (watched.listeners.size > 0 || this.#watched.get(folder) !== watched) return
      this.#watched.delete(folder)
      void watched.stop()
    }
  }

  /** The paths of the changes alone; null when too many changed to list. */
  listenToPaths(folder: string, listener: (paths: readonly string[] | null) => void): Promise<() => void> {
    return this.listen(folder, change => listener(change.type === 'overflow' ? null : change.changes.map(({ path }) => path)))
  }

  async dispose(): Promise<void> {
    const all = [...this.#watched.values()]
    this.#watched.clear()
    await Promise.all(all.map(watched => watched.stop()))
  }
}

class WatchedFolder {
  readonly listeners = new Listeners<Change>()
  readonly started: Promise<void>
  readonly #folder: string
  readonly #log: Log
  #unsubscribe: () => Promise<void> = async () => undefined
  #gathered = new Map<string, FileChange['kind']>()
  #isOverflowing = false
  #timer: NodeJS.Timeout | null = null

  constructor(folder: string, watcher: FolderWatcher, log: Log) {
    this.#folder = folder
    this.#log = log
    this.started = this.#start(watcher)
  }

  async stop(): Promise<void> {
    await this.started
    if (this.#timer) clearTimeout(this.#timer)
    await this.#unsubscribe().catch((error: unknown) => this.#log.warn('A folder could not be let go', { reason: reasonOf(error) }))
  }

  async #start(watcher: FolderWatcher): Promise<void> {
    try {
      this.#unsubscribe = await watcher.watch(this.#folder, ignoredFolders, batch => this.#gather(batch))
    } catch (error) {
      this.#log.warn('A folder cannot be watched; changes by other programs show after a reload', { reason: error instanceof Error ? error.message : String(error) })
    }
  }

  #gather(batch: WatchBatch): void {
    if (batch.type === 'overflow') this.#isOverflowing = true
    else for (const change of batch.changes) this.#add(change.path, change.kind)
    if (this.#gathered.size > changesAtOnce) this.#isOverflowing = true
    if (this.#isOverflowing) this.#gathered.clear()
    this.#timer ??= setTimeout(() => this.#flush(), gatherMilliseconds)
  }

  #add(absolute: string, kind: FileChange['kind']): void {
    const path = toRelativePath(this.#folder, absolute)
    if (isTemporaryName(path.slice(path.lastIndexOf('/') + 1))) return
    const before = this.#gathered.get(path)
    // Seen from outside, a file that was deleted and made again within the same moment was updated.
    this.#gathered.set(path, before === 'deleted' && kind === 'created' ? 'updated' : before === 'created' && kind === 'updated' ? 'created' : kind)
  }

  #flush(): void {
    this.#timer = null
    const changes = [...this.#gathered].map(([path, kind]) => ({ path, kind }))
    const isOverflowing = this.#isOverflowing
    this.#gathered = new Map()
    this.#isOverflowing = false
    if (isOverflowing) this.listeners.tell({ type: 'overflow' })
    else if (changes.length > 0) this.listeners.tell({ type: 'changed', changes })
  }
}
