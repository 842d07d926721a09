import type { FoundFile } from '#shared/contract/files.ts'
import { FileIndex, type FileIndexDependencies } from './file-index.ts'

const foldersKept = 4

/** The file names of the workspaces searched last, kept up to date by what is watched. */
export class FileIndexes {
  readonly #dependencies: FileIndexDependencies
  /** In the order of their last use. */
  readonly #indexes = new Map<string, FileIndex>()

  constructor(dependencies: FileIndexDependencies) {
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
    return index.find(query, limit, signal)
  }

  dispose(): void {
    for (const index of this.#indexes.values()) index.dispose()
    this.#indexes.clear()
  }
}
