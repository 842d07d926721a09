export interface WatchedChange {
  /** Absolute. */
  path: string
  kind: 'created' | 'updated' | 'deleted'
}

/** `overflow`: changes were lost; look again at everything. */
export type WatchBatch = { type: 'changed'; changes: WatchedChange[] } | { type: 'overflow' }

/** Tells what anybody changes below a folder; links are not followed. */
export interface FolderWatcher {
  /** Returns how to stop. `ignored` are names of folders whose content is of no interest. */
  watch(folder: string, ignored: readonly string[], listener: (batch: WatchBatch) => void): Promise<() => Promise<void>>
}
