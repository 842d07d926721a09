import { setTimeout as rest } from 'node:timers/promises'
import type { FileChange } from '#shared/contract/files.ts'
import type { FileLister } from '../../platform/files/file-lister.ts'
import type { Log } from '../../platform/log/log.ts'
import type { WorkspaceChanges } from './workspace-changes.ts'

// A first answer does not wait longer than this for a slow disk; it then says that it is not complete.
const patienceMilliseconds = 1500

interface Dependencies {
  lister: FileLister
  changes: WorkspaceChanges
  log: Log
}

/** The names of all files of one folder that are not ignored. */
export class FileIndex {
  readonly #folder: string
  readonly #dependencies: Dependencies
  readonly #end = new AbortController()
  #known = new Set<string>()
  #sorted: string[] | null = null
  #isStale = true
  #listing: Promise<void> | null = null
  #stopListening: (() => void) | null = null

  constructor(folder: string, dependencies: Dependencies) {
    this.#folder = folder
    this.#dependencies = dependencies
  }

  async paths(signal?: AbortSignal): Promise<{ paths: readonly string[]; isComplete: boolean }> {
    if (this.#isStale) this.#listing ??= this.#list().finally(() => (this.#listing = null))
    if (this.#listing) {
      const patience = new AbortController()
      await Promise.race([this.#listing, rest(patienceMilliseconds, null, { signal: patience.signal }).catch(() => null)])
      patience.abort()
      signal?.throwIfAborted()
    }
    this.#sorted ??= [...this.#known].sort((a, b) => a.length - b.length || (a < b ? -1 : 1))
    return { paths: this.#sorted, isComplete: this.#listing === null && !this.#isStale }
  }

  dispose(): void {
    this.#end.abort()
    this.#stopListening?.()
  }

  async #list(): Promise<void> {
    const { lister, changes, log } = this.#dependencies
    try {
      // Listening first: what changes during the listing is heard.
      if (!this.#stopListening) {
        const stop = await changes.listen(this.#folder, change => (change.type === 'overflow' ? this.#forget() : this.#apply(change.changes)))
        if (this.#end.signal.aborted) return stop()
        this.#stopListening = stop
      }
      this.#isStale = false
      const found = new Set<string>()
      const isFirst = this.#known.size === 0
      if (isFirst) this.#known = found
      for await (const paths of lister.list(this.#folder, this.#end.signal)) {
        for (const path of paths) found.add(path)
        if (isFirst) this.#sorted = null
      }
      this.#known = found
      this.#sorted = null
    } catch (error) {
      if (this.#end.signal.aborted) return
      this.#isStale = true
      log.warn('The files of a folder could not be listed', { reason: error instanceof Error ? error.message : String(error) })
    }
  }

  #forget(): void {
    this.#isStale = true
  }

  #apply(changed: readonly FileChange[]): void {
    const isOfIgnoreRules = changed.some(({ path }) => /(^|\/)\.(git)?ignore$/.test(path))
    const isNew = changed.some(({ path, kind }) => kind !== 'deleted' && !this.#known.has(path))
    // Only ripgrep knows whether a new file is ignored; a folder that moved brings files nobody names.
    if (isOfIgnoreRules || isNew || this.#listing) this.#forget()
    for (const { path, kind } of changed) {
      if (kind !== 'deleted') continue
      if (this.#known.delete(path)) this.#sorted = null
      else this.#deleteBelow(`${path}/`)
    }
  }

  #deleteBelow(folder: string): void {
    for (const path of this.#known) {
      if (path.startsWith(folder) && this.#known.delete(path)) this.#sorted = null
    }
  }
}

