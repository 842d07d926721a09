import Sqlite from 'better-sqlite3-multiple-ciphers'
import { applyKey } from '#shared/database-pragmas.ts'
import { AppError, isAppError } from '#shared/errors.ts'
import { profileCollections } from '#shared/profile-collections.ts'
import { cipherKey } from './database-file.ts'
import { migrate } from './open-storage.ts'
import type { Storage } from './storage.ts'

const rowsAtOnce = 200

interface EventRow {
  kind: string
  data: string
  at: number
}

interface DocumentRow {
  collection: string
  key: string
  value: string
}

/**
 * Adds the streams and documents of the database at `path` that `storage` lacks; what is there already stays as it is, so that a second run
 * changes nothing. Each stream comes whole or not at all, and others are served between them.
 */
export async function importContent(storage: Storage, path: string, key: Buffer): Promise<{ streams: number; documents: number }> {
  const source = new Sqlite(path, { fileMustExist: true })
  try {
    applyKey(source, cipherKey(key).toString('hex'))
    migrate(source, path)
    const streams = source.prepare<[], { stream: string }>('SELECT DISTINCT stream FROM events ORDER BY stream').all()
    const read = source.prepare<[string], EventRow>('SELECT kind, data, at FROM events WHERE stream = ? ORDER BY position')
    const known = storage.prepare<[string], { found: number }>('SELECT 1 AS found FROM events WHERE stream = ? LIMIT 1')
    const append = storage.prepare<[string, string, string, number]>('INSERT INTO events (stream, kind, data, at) VALUES (?, ?, ?, ?)')
    const counts = { streams: 0, documents: 0 }
    for (const { stream } of streams) {
      if (known.get(stream)) continue
      storage.transaction(() => {
        for (const { kind, data, at } of read.iterate(stream)) append.run(stream, kind, data, at)
      })
      counts.streams++
      await breath()
    }
    counts.documents = await importDocuments(storage, source.prepare<[string, string, number], DocumentRow>('SELECT collection, key, value FROM documents WHERE (collection, key) > (?, ?) ORDER BY collection, key LIMIT ?'))
    return counts
  } catch (error) {
    if (isAppError(error) && error.code === 'STORAGE_LOCKED' && 'path' in error.data && error.data.path === path) throw new AppError('EXPORT_UNREADABLE', { path, reason: 'a newer Cortex wrote it' }, { cause: error })
    throw error
  } finally {
    source.close()
  }
}

async function importDocuments(storage: Storage, read: { all(collection: string, key: string, limit: number): DocumentRow[] }): Promise<number> {
  const add = storage.prepare<[string, string, string]>('INSERT INTO documents (collection, key, value) VALUES (?, ?, ?) ON CONFLICT (collection, key) DO NOTHING')
  let added = 0
  let rows = read.all('', '', rowsAtOnce)
  for (let last = rows.at(-1); last; last = rows.at(-1)) {
    const here = rows
    storage.transaction(() => {
      for (const { collection, key, value } of here) if (!profileCollections.includes(collection)) added += add.run(collection, key, value)
    })
    await breath()
    rows = read.all(last.collection, last.key, rowsAtOnce)
  }
  return added
}

function breath(): Promise<void> {
  return new Promise(resolve => {
    setImmediate(resolve)
  })
}
