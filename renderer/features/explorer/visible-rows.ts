import type { FileEntry } from '#shared/contract/files.ts'
import type { ExplorerState, NameEdit } from './explorer-store.ts'

export type Row =
  | { kind: 'entry'; key: string; entry: FileEntry; folder: string; depth: number; isExpanded: boolean; position: number; count: number }
  | { kind: 'name'; key: string; edit: NameEdit; entry: FileEntry | null; depth: number }
  | { kind: 'message'; key: string; depth: number; text: string; folder: string; isFailure: boolean }

type Shown = Pick<ExplorerState, 'folders' | 'expanded' | 'edit'>

/** The rows of the tree from top to bottom, as they are drawn. */
export function visibleRows(state: Shown): Row[] {
  const rows: Row[] = []
  addFolder(state, '', 0, rows)
  return rows
}

/** Git's own folder is no part of anybody's work. */
function isShown({ name, kind }: FileEntry): boolean {
  return name !== '.git' || kind !== 'folder'
}

function addFolder(state: Shown, folder: string, depth: number, rows: Row[]): void {
  const content = state.folders.get(folder)
  const { edit } = state
  if (edit?.kind === 'create' && edit.folder === folder) rows.push({ kind: 'name', key: `create:${folder}`, edit, entry: null, depth })
  if (!content) {
    if (folder !== '') rows.push(message(folder, depth, 'Loading'))
    return
  }
  if (content.failure !== null) {
    rows.push({ ...message(folder, depth, 'This folder could not be read. Try again'), isFailure: true })
    return
  }
  const entries = content.entries.filter(isShown)
  const total = content.total - (content.entries.length - entries.length)
  entries.forEach((entry, index) => {
    if (edit?.kind === 'rename' && edit.path === entry.path) rows.push({ kind: 'name', key: `rename:${entry.path}`, edit, entry, depth })
    else rows.push(entryRow(state, entry, folder, depth, index, entries.length))
    if (entry.kind === 'folder' && state.expanded.has(entry.path)) addFolder(state, entry.path, depth + 1, rows)
  })
  if (entries.length === 0 && folder !== '' && !(edit?.kind === 'create' && edit.folder === folder)) rows.push(message(folder, depth, 'Empty'))
  if (total > entries.length) rows.push(message(folder, depth, `${entries.length.toLocaleString('en')} of ${total.toLocaleString('en')} entries are shown`))
}

function entryRow(state: Shown, entry: FileEntry, folder: string, depth: number, index: number, count: number): Row {
  return { kind: 'entry', key: entry.path, entry, folder, depth, isExpanded: entry.kind === 'folder' && state.expanded.has(entry.path), position: index + 1, count }
}

function message(folder: string, depth: number, text: string): Extract<Row, { kind: 'message' }> {
  return { kind: 'message', key: `message:${folder}`, folder, depth, text, isFailure: false }
}
