import { createHash, randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, openSync, readFileSync, statSync, unlinkSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { AppError } from '#shared/errors.ts'
import { errnoOf, reasonOf } from '../files/file-errors.ts'

const keyBytes = 32
const saltBytes = 16

/**
 * The raw key of the database at `databasePath`, from the 0600 file at `keyPath`. It is made only where there is no database:
 * one whose key has gone is locked, never given a new key.
 */
export function readOrMakeKey(keyPath: string, databasePath: string): Buffer {
  const locked = (reason: string, cause?: unknown): AppError => new AppError('STORAGE_LOCKED', { path: databasePath, reason }, { cause })
  let key: Buffer | null
  try {
    key = readIfThere(keyPath)
  } catch (error) {
    throw locked(`its key file cannot be read: ${reasonOf(error)}`, error)
  }
  if (key?.length === keyBytes) return key
  if (sizeOf(databasePath) > 0) throw locked(key ? 'its key file is damaged' : 'its key file is missing')
  // A start that was cut short may have left a part of a key, which nothing was encrypted with yet.
  if (key) unlinkSync(keyPath)
  return makeKey(keyPath)
}

/** What the database file begins with when this key made it: tells a foreign key from a damaged file. */
export function saltOf(key: Buffer): Buffer {
  return createHash('sha256').update('cortex database salt').update(key).digest().subarray(0, saltBytes)
}

function readIfThere(path: string): Buffer | null {
  try {
    return readFileSync(path)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null
    throw error
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

function makeKey(path: string): Buffer {
  const key = randomBytes(keyBytes)
  const descriptor = openSync(path, 'wx', 0o600)
  try {
    writeSync(descriptor, key)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
  if (process.platform !== 'win32') syncFolder(dirname(path))
  return key
}

function syncFolder(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
