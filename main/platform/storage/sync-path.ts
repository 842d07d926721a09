import fs from 'node:fs'
import { dirname } from 'node:path'

/** Makes what was written to a file durable. */
export function syncFile(path: string): void {
  sync(path, 'r+')
}

/** Makes the names in the folder of `path` durable; Windows opens no folders. */
export function syncParent(path: string): void {
  if (process.platform !== 'win32') sync(dirname(path), 'r')
}

function sync(path: string, flags: string): void {
  const descriptor = fs.openSync(path, flags)
  try {
    fs.fsyncSync(descriptor)
  } finally {
    fs.closeSync(descriptor)
  }
}
