import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Bytes that this account may still write where a folder is, or where it would come into being; null where the system does not say. */
export async function freeDisk(folder: string): Promise<number | null> {
  for (let place = folder; ; place = dirname(place)) {
    const free = await statfs(place).then(({ bavail, bsize }) => bavail * bsize, () => null)
    if (free !== null || dirname(place) === place) return free
  }
}
