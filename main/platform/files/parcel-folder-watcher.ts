import { subscribe } from '@parcel/watcher'
import type { FolderWatcher, WatchBatch, WatchedChange } from './folder-watcher.ts'

const kinds = { create: 'created', update: 'updated', delete: 'deleted' } as const satisfies Record<string, WatchedChange['kind']>

export class ParcelFolderWatcher implements FolderWatcher {
  async watch(folder: string, ignored: readonly string[], listener: (batch: WatchBatch) => void): Promise<() => Promise<void>> {
    const ignore = ignored.map(name => `**/${name}/**`)
    const subscription = await subscribe(
      folder,
      (error, events) => {
        // The only errors told here are of dropped events.
        if (error) listener({ type: 'overflow' })
        else listener({ type: 'changed', changes: events.map(event => ({ path: event.path, kind: kinds[event.type] })) })
      },
      { ignore },
    )
    return () => subscription.unsubscribe()
  }
}
