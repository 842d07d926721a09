import fs from 'node:fs'
import { join } from 'node:path'
import type { StoredKind } from '#shared/contract/storage.ts'
import { listBackups } from '../../platform/storage/backup-files.ts'
import { damagedNames } from '../../platform/storage/recover-database.ts'
import type { Storage } from '../../platform/storage/storage.ts'

type Kind = StoredKind['kind']

const kindsOfCollections: Partial<Record<string, Kind>> = { conversations: 'conversations', buffers: 'unsaved', 'chat-drafts': 'unsaved', layout: 'layout', secrets: 'secrets' }
/** Tables of the platform, by the beginning of their name. */
const kindsOfTables: readonly (readonly [start: string, kind: Kind])[] = [['ledger', 'ledger'], ['audit', 'audit'], ['secret', 'secrets']]

interface Sum {
  sizeBytes: number
  count: number
}

/** How much of each kind is kept, in bytes of content: lengths are read without the content itself. */
export function measureStored(storage: Storage, folder: string, logs: string): StoredKind[] {
  const sums = new Map<Kind, Sum>()
  const add = (kind: Kind, { sizeBytes, count }: Sum): void => {
    const sum = sums.get(kind) ?? { sizeBytes: 0, count: 0 }
    sums.set(kind, { sizeBytes: sum.sizeBytes + sizeBytes, count: sum.count + count })
  }
  if (!storage.problem) measureDatabase(storage, add)
  const encrypted = [...sums].map(([kind, sum]): StoredKind => ({ kind, ...sum, count: kind === 'layout' || kind === 'other' ? null : sum.count, protection: 'encrypted' }))
  return [...encrypted, ...measureFiles(folder, logs)]
}

/** By queries that sort and group nothing but names: what is grouped is put aside, with all of its columns. */
function measureDatabase(storage: Storage, add: (kind: Kind, sum: Sum) => void): void {
  const isConversation = "stream LIKE 'conversation/%'"
  const streams = storage.prepare<[], { conversations: number; others: number }>(`SELECT total(${isConversation}) AS conversations, total(NOT ${isConversation}) AS others FROM (SELECT DISTINCT stream FROM events)`).get()
  const bytes = storage.prepare<[], { conversations: number; others: number }>(
    `SELECT total(octet_length(data)) FILTER (WHERE ${isConversation}) AS conversations, total(octet_length(data)) FILTER (WHERE NOT ${isConversation}) AS others FROM events`,
  ).get()
  if (streams?.conversations) add('conversations', { count: streams.conversations, sizeBytes: bytes?.conversations ?? 0 })
  if (streams?.others) add('other', { count: streams.others, sizeBytes: bytes?.others ?? 0 })
  const measure = storage.prepare<[string], Sum>('SELECT count(*) AS count, total(octet_length(value)) AS sizeBytes FROM documents WHERE collection = ?')
  for (const { collection } of storage.prepare<[], { collection: string }>('SELECT DISTINCT collection FROM documents').all()) {
    const { sizeBytes, count } = measure.get(collection) ?? { sizeBytes: 0, count: 0 }
    const kind = kindsOfCollections[collection] ?? 'other'
    // The list of conversations names each of them once more.
    add(kind, { sizeBytes, count: kind === 'conversations' ? 0 : count })
  }
  for (const { name } of storage.prepare<[], { name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'").all()) {
    const kind = kindsOfTables.find(([start]) => name.startsWith(start))?.[1]
    if (kind) add(kind, measureTable(storage, name))
  }
}

function measureTable(storage: Storage, table: string): Sum {
  const columns = storage.prepare<[string], { name: string }>('SELECT name FROM pragma_table_info(?)').all(table)
  const size = columns.map(({ name }) => `total(octet_length("${name}"))`).join(' + ')
  return storage.prepare<[], Sum>(`SELECT count(*) AS count, ${size} AS sizeBytes FROM "${table}"`).get() ?? { sizeBytes: 0, count: 0 }
}

function measureFiles(folder: string, logs: string): StoredKind[] {
  const damaged = damagedNames(folder)
  const logNames = namesIn(logs)
  const states = namesIn(join(folder, 'prompt-states'))
  return [
    { kind: 'prompt-states', ...total(states.map(name => sizeOf(join(folder, 'prompt-states', name)))), protection: 'encrypted' },
    { kind: 'backups', ...total(listBackups(folder).map(backup => backup.sizeBytes)), protection: 'encrypted' },
    ...(damaged.length > 0 ? [{ kind: 'damaged' as const, ...total(damaged.map(name => sizeOf(join(folder, name)))), protection: 'encrypted' as const }] : []),
    { kind: 'settings', sizeBytes: sizeOf(join(folder, 'settings.jsonc')), count: null, protection: 'no-content' },
    { kind: 'logs', ...total(logNames.map(name => sizeOf(join(logs, name)))), protection: 'no-content' },
  ]
}

function total(sizes: readonly number[]): Sum {
  return { sizeBytes: sizes.reduce((sum, size) => sum + size, 0), count: sizes.length }
}

/** By `stat` alone: opening and closing the database file would drop SQLite's lock on it. */
export function sizeOf(path: string): number {
  return fs.statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

function namesIn(folder: string): string[] {
  return fs.existsSync(folder) ? fs.readdirSync(folder) : []
}
