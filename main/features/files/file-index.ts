import { setTimeout as rest } from 'node:timers/promises'
import type { FileChange, FoundFile } from '#shared/contract/files.ts'
import type { FileLister } from '../../platform/files/file-lister.ts'
import type { Log } from '../../platform/log/log.ts'
import { PathSearch } from './path-search.ts'
import type { WorkspaceChanges } from './workspace-changes.ts'

// An answer does not wait longer than this for a list to be made, and then says that it is not complete;
// with a former list at hand it waits less.
const firstPatienceMilliseconds = 1500
const patienceMilliseconds = 200

export interface FileIndexDependencies {
  lister: FileLister
  changes: WorkspaceChanges
  log: Log
}

/** The names of all files of one folder that are not ignored, kept up to date. */
export class FileIndex {
  readonly #folder: string
  readonly #dependencies: FileIndexDependencies
  readonly #end = new AbortController()
  readonly #search = new PathSearch()
  #isStale = true
  #hasListed = false
  #listing: Promise<void> | null = null
  #listening: Promise<void> | null = null
  #stopListening: (() => void) | null = null

  constructor(folder: string, dependencies: FileIndexDependencies) {
    this.#folder = folder
    this.#dependencies = dependencies
  }

  async find(query: string, limit: number, signal?: AbortSignal): Promise<{ files: FoundFile[]; total: number; isComplete: boolean }> {
    if (this.#isStale) this.#listing ??= this.#list().finally(() => (this.#listing = null))
    if (this.#listing) {
      const patience = new AbortController()
      await Promise.race([this.#listing, rest(this.#hasListed ? patienceMilliseconds : firstPatienceMilliseconds, null, { signal: patience.signal }).catch(() => null)])
      patience.abort()
      signal?.throwIfAborted()
    }
    const isComplete = this.#listing === null && this.#hasListed
    return { files: await this.#search.find(query, limit, signal), total: this.#search.paths.size, isComplete }
  }

  dispose(): void {
    this.#end.abort()
    this.#stopListening?.()
  }

  async #list(): Promise<void> {
    const { lister, log } = this.#dependencies
    try {
      this.#listening ??= this.#listen()
      this.#isStale = false
      const found = new Set<string>()
      for await (const paths of lister.list(this.#folder, this.#end.signal)) {
        for (const path of paths) found.add(path)
      }
      this.#search.replace(found)
      this.#hasListed = true
    } catch (error) {
      if (this.#end.signal.aborted) return
      this.#isStale = true
      log.warn('The files of a folder could not be listed', { reason: error instanceof Error ? error.message : String(error) })
    }
  }

  async #listen(): Promise<void> {
    const stop = await this.#dependencies.changes.listen(this.#folder, change => {
      if (change.type === 'overflow') this.#isStale = true
      else this.#apply(change.changes)
    })
    // On a large folder the first list is there before the watcher: what changed in between shows in the next one.
    this.#isStale = true
    if (this.#end.signal.aborted) stop()
    else this.#stopListening = stop
  }

  #apply(changes: readonly FileChange[]): void {
    for (const { path, kind } of changes) {
      if (kind === 'deleted') this.#remove(path)
      // Only the lister knows whether a new file is ignored, and what a folder that was moved here brings.
      else if (!this.#search.paths.has(path) || /(^|\/)\.(git|rg|)ignore$/.test(path)) this.#isStale = true
    }
    if (this.#listing) this.#isStale = true
  }

  #remove(path: string): void {
    if (this.#search.remove(path)) return
    const below = `${path}/`
    const kept = new Set([...this.#search.paths].filter(known => !known.startsWith(below)))
    if (kept.size < this.#search.paths.size) this.#search.replace(kept)
  }
}
