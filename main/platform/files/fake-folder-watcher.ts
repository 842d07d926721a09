import type { FolderWatcher, WatchBatch } from './folder-watcher.ts'

/** Tells what a test tells it. */
export class FakeFolderWatcher implements FolderWatcher {
  readonly #listeners = new Map<string, Set<(batch: WatchBatch) => void>>()
  /** Thrown by the next `watch`. */
  failure: Error | null = null

  async watch(folder: string, _ignored: readonly string[], listener: (batch: WatchBatch) => void): Promise<() => Promise<void>> {
    if (this.failure) throw this.failure
    const listeners = this.#listeners.get(folder) ?? new Set()
    this.#listeners.set(folder, listeners.add(listener))
    return async () => void listeners.delete(listener)
  }

  emit(folder: string, batch: WatchBatch): void {
    for (const listener of this.#listeners.get(folder) ?? []) listener(batch)
  }

  watchers(folder: string): number {
    return this.#listeners.get(folder)?.size ?? 0
  }
}
