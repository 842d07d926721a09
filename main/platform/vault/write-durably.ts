import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import { dirname } from 'node:path'
import { errnoOf } from '../files/file-errors.ts'

/** Replaces a file that only its owner may read: a reader, and a start after a power cut, sees the old one or the new one. */
export function writeDurably(path: string, bytes: Uint8Array | string): void {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`
  try {
    const descriptor = fs.openSync(temporary, 'wx', 0o600)
    try {
      fs.writeFileSync(descriptor, bytes)
      fs.fsyncSync(descriptor)
    } finally {
      fs.closeSync(descriptor)
    }
    fs.renameSync(temporary, path)
  } catch (error) {
    fs.rmSync(temporary, { force: true })
    throw error
  }
  syncFolder(dirname(path))
}

/** Removes a file for good; one that is not there is no fault. */
export function removeDurably(path: string): void {
  fs.rmSync(path, { force: true })
  syncFolder(dirname(path))
}

/** Null where there is none. */
export function readIfThere(path: string): Buffer | null {
  try {
    return fs.readFileSync(path)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null
    throw error
  }
}

/** Windows opens no folders; its renames are as durable as they get. */
export function syncFolder(path: string): void {
  if (process.platform === 'win32') return
  const descriptor = fs.openSync(path, 'r')
  try {
    fs.fsyncSync(descriptor)
  } finally {
    fs.closeSync(descriptor)
  }
}
