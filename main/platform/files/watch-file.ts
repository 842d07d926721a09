import { watch } from 'node:fs'
import { basename, dirname } from 'node:path'

const restMilliseconds = 50

/** Calls `listener` soon after a file was made, changed or removed, by whomever; its folder must exist. Returns how to stop. */
export function watchFile(path: string, listener: () => void): () => void {
  const name = basename(path)
  let timer: NodeJS.Timeout | null = null
  const watcher = watch(dirname(path), { persistent: false }, (_event, changed) => {
    if (changed !== null && changed !== name) return
    timer ??= setTimeout(() => {
      timer = null
      listener()
    }, restMilliseconds)
  })
  // A folder that goes away takes its watcher with it; there is nothing left to hear of.
  watcher.on('error', () => watcher.close())
  return () => {
    if (timer) clearTimeout(timer)
    watcher.close()
  }
}
