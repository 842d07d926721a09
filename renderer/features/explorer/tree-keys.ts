import { parentOf } from '#shared/relative-path.ts'
import type { Row } from './visible-rows.ts'

export type EntryRow = Extract<Row, { kind: 'entry' }>

export type TreeKeyAction =
  | { do: 'focus'; path: string; isExtending: boolean }
  | { do: 'expand'; path: string }
  | { do: 'collapse'; path: string }
  | { do: 'toggle'; path: string }
  | { do: 'open'; path: string; takesFocus: boolean }
  | { do: 'expand-level'; paths: string[] }

interface Stroke {
  key: string
  shiftKey: boolean
}

/** What a key does in the tree, by the pattern that screen readers expect of one. `page` is how many rows fit. */
export function treeKey(entries: readonly EntryRow[], focused: string | null, { key, shiftKey }: Stroke, page: number): TreeKeyAction | null {
  const index = entries.findIndex(row => row.entry.path === focused)
  const row = entries[index]
  const go = (to: number): TreeKeyAction | null => {
    const target = entries[Math.max(0, Math.min(entries.length - 1, to))]
    return target ? { do: 'focus', path: target.entry.path, isExtending: shiftKey } : null
  }
  if (key === 'Home') return go(0)
  if (key === 'End') return go(entries.length - 1)
  if (key === 'ArrowDown') return go(index + 1)
  if (key === 'ArrowUp') return go(index < 0 ? entries.length - 1 : index - 1)
  if (key === 'PageDown') return go(index + page)
  if (key === 'PageUp') return go(index - page)
  if (!row) return null
  const { path, kind } = row.entry
  if (key === 'ArrowRight' && kind === 'folder') return row.isExpanded ? go(index + 1) : { do: 'expand', path }
  if (key === 'ArrowLeft') {
    if (row.isExpanded) return { do: 'collapse', path }
    const parent = parentOf(path)
    return parent === '' ? null : { do: 'focus', path: parent, isExtending: false }
  }
  if (key === 'Enter') return kind === 'folder' ? { do: 'toggle', path } : { do: 'open', path, takesFocus: true }
  if (key === ' ') return kind === 'folder' ? { do: 'toggle', path } : { do: 'open', path, takesFocus: false }
  if (key === '*') return { do: 'expand-level', paths: entries.filter(other => parentOf(other.entry.path) === parentOf(path) && other.entry.kind === 'folder').map(other => other.entry.path) }
  return null
}

/** The next entry whose name begins with what was typed, round the end. */
export function typeAhead(entries: readonly EntryRow[], focused: string | null, typed: string): string | null {
  const wanted = typed.toLowerCase()
  const from = entries.findIndex(row => row.entry.path === focused)
  // One letter moves on to the next name; more letters may still mean this one.
  const start = typed.length > 1 ? from : from + 1
  for (let step = 0; step < entries.length; step += 1) {
    const row = entries[(Math.max(0, start) + step) % entries.length]
    if (row?.entry.name.toLowerCase().startsWith(wanted)) return row.entry.path
  }
  return null
}

/** The entries between two rows, both included. */
export function between(entries: readonly EntryRow[], one: string, other: string): string[] {
  const first = entries.findIndex(row => row.entry.path === one)
  const last = entries.findIndex(row => row.entry.path === other)
  if (first < 0 || last < 0) return [other]
  return entries.slice(Math.min(first, last), Math.max(first, last) + 1).map(row => row.entry.path)
}
