import { join } from 'node:path'
import type { FileEntry } from '#shared/contract/files.ts'
import type { Files, FolderItem } from '../../platform/files/files.ts'
import { isTemporaryName } from '../../platform/files/replace-file.ts'

const limit = 10_000
const atOnce = 64
const byName = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

export interface Listing {
  entries: FileEntry[]
  total: number
  isTruncated: boolean
}

/** The entries of one folder, folders first, then by name. `path` is the folder's relative path, `absolute` where it lies. */
export async function listEntries(files: Files, absolute: string, path: string): Promise<Listing> {
  const all = (await files.items(absolute)).filter(item => !isTemporaryName(item.name))
  const shown = sorted(all).slice(0, limit)
  const entries: FileEntry[] = []
  for (let start = 0; start < shown.length; start += atOnce) {
    const part = await Promise.all(shown.slice(start, start + atOnce).map(item => entryOf(files, join(absolute, item.name), path === '' ? item.name : `${path}/${item.name}`, item.name)))
    for (const entry of part) if (entry) entries.push(entry)
  }
  // Links to folders show what they are only now.
  const ordered = entries.some(entry => entry.isLink) && entries.length < limit ? entries.sort((a, b) => rank(a.kind) - rank(b.kind) || byName.compare(a.name, b.name)) : entries
  return { entries: ordered, total: all.length, isTruncated: all.length > shown.length }
}

/** Null when the entry has gone in the meantime. */
export async function entryOf(files: Files, absolute: string, path: string, name: string): Promise<FileEntry | null> {
  const stat = await files.stat(absolute)
  return stat && { name, path, kind: stat.kind, isLink: stat.isLink, sizeBytes: stat.sizeBytes, modifiedAt: stat.modifiedAt }
}

function rank(kind: FolderItem['kind'] | FileEntry['kind']): number {
  return kind === 'folder' ? 0 : 1
}

function sorted(items: FolderItem[]): FolderItem[] {
  // A collator takes most of a second for 100,000 names, and nobody reads so many.
  const compare = items.length > limit ? (a: string, b: string) => (a < b ? -1 : 1) : byName.compare
  return items.sort((a, b) => rank(a.kind) - rank(b.kind) || compare(a.name, b.name))
}
