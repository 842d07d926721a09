import type { FoundFile } from '#shared/contract/files.ts'
import type { FileLister } from '../../platform/files/file-lister.ts'
import type { Log } from '../../platform/log/log.ts'
import { FileIndex } from './file-index.ts'
import { rankPaths } from './rank-paths.ts'
import type { WorkspaceChanges } from './workspace-changes.ts'

const foldersKept = 4

interface Dependencies {
  lister: FileLister
  changes: WorkspaceChanges
  log: Log
}

/** The file names of the workspaces searched last, kept up to date by what is watched. */
export class FileIndexes {
  readonly #dependencies: Dependencies
  /** In the order of their last use. */
  readonly #indexes = new Map<string, FileIndex>()

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  async find(folder: string, query: string, limit: number, signal?: AbortSignal): Promise<{ files: FoundFile[]; total: number; isComplete: boolean }> {
    const index = this.#indexes.get(folder) ?? new FileIndex(folder, this.#dependencies)
    this.#indexes.delete(folder)
    this.#indexes.set(folder, index)
    for (const [other, old] of this.#indexes) {
      if (this.#indexes.size <= foldersKept) break
      this.#indexes.delete(other)
      old.dispose()
    }
    const { paths, isComplete } = await index.paths(signal)
    return { files: await rankPaths(paths, query, limit, signal), total: paths.length, isComplete }
  }

  dispose(): void {
    for (const index of this.#indexes.values()) index.dispose()
    this.#indexes.clear()
  }
}
