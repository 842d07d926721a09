import { create } from 'zustand'
import type { FileEntry } from '#shared/contract/files.ts'

export interface FolderContent {
  entries: readonly FileEntry[]
  /** Entries on disk; more than are listed where the folder is very full. */
  total: number
  /** Why the folder could not be read. */
  failure: unknown
}

/** A name being typed in the tree. */
export type NameEdit = { kind: 'rename'; path: string; folder: string } | { kind: 'create'; folder: string; entryKind: 'file' | 'folder' }

export interface ExplorerState {
  /** What is known of each folder that was opened; `''` is the workspace. */
  folders: ReadonlyMap<string, FolderContent>
  expanded: ReadonlySet<string>
  /** The row that keys act on. */
  focused: string | null
  selected: ReadonlySet<string>
  cut: ReadonlySet<string>
  edit: NameEdit | null
  /** Folder that a drag hovers. */
  dropTarget: string | null
  /** Raised to bring the focused row into view. */
  revealCount: number
}

export const emptyExplorer: ExplorerState = {
  folders: new Map(),
  expanded: new Set(),
  focused: null,
  selected: new Set(),
  cut: new Set(),
  edit: null,
  dropTarget: null,
  revealCount: 0,
}

export const useExplorer = create<ExplorerState>(() => emptyExplorer)

export function entryOf(state: Pick<ExplorerState, 'folders'>, path: string, folder: string): FileEntry | undefined {
  return state.folders.get(folder)?.entries.find(entry => entry.path === path)
}

export function focusRow(path: string, options: { isRevealed?: boolean } = {}): void {
  useExplorer.setState(state => ({ focused: path, selected: new Set([path]), revealCount: state.revealCount + (options.isRevealed === false ? 0 : 1) }))
}
