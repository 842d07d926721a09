import Store from 'electron-store'
import { ipcMain } from 'electron/main'
import type { WindowPlace } from './window-bounds.ts'

interface Kept {
  place?: WindowPlace
}

/** Remembers where the window was, in `window.json` of the state folder. A damaged file counts as none. */
export function createWindowStore(folder: string): { read: () => unknown; keep: (place: WindowPlace) => void } {
  const store = new Store<Kept>({ name: 'window', cwd: folder, clearInvalidConfig: true })
  // The package opens a channel of its own for pages. Ours has one channel, with a check.
  ipcMain.removeAllListeners('electron-store-get-data')
  return {
    read: () => store.get('place'),
    keep: place => {
      try {
        store.set('place', place)
      } catch {
        // A disk without room costs the window its place, not the person their window.
      }
    },
  }
}
