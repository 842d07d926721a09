import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** The file to start for a worker: beside the built host, or in the source tree when the host itself runs from source. */
export function workerEntry(entry: string, folder: string = import.meta.dirname): string {
  const unpacked = folder.replace(/\bapp\.asar(?=[\\/]|$)/, 'app.asar.unpacked')
  const places = [
    join(unpacked, 'workers', `${entry}.js`),
    // Code that several entries share is built into a folder of its own.
    join(unpacked, '..', 'workers', `${entry}.js`),
    join(folder, '..', '..', '..', 'native', entry, 'worker.ts'),
  ]
  const found = places.find(place => existsSync(place))
  if (!found) throw new Error(`The worker ${entry} was not built: none of ${places.join(', ')} exists`)
  return found
}
