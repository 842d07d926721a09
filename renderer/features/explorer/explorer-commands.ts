import { ChevronsDownUp, ClipboardPaste, Copy, CopyPlus, FilePlus, FolderPlus, Pencil, RefreshCw, Scissors, Trash2 } from 'lucide-react'
import type { Command } from '../../shell/feature.ts'
import type { MenuEntry } from '../../ui/menu-item.ts'
import { showSideView } from '../../shell/layout.ts'
import { usePages } from '../../shell/pages.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { useSession } from '../../shell/session.ts'
import type { FileEntry } from '#shared/contract/files.ts'
import { copyPaths, cut, duplicate, focusedEntry, moveInto, openEntry, paste, startCreate, startRename, targets, trash } from './explorer-actions.ts'
import { focusRow, useExplorer } from './explorer-store.ts'
import { collapseAll, refresh, reveal } from './load-folders.ts'
import { focusTree } from './tree-focus.ts'

const needsFolder = (): true | string => (useSession.getState().workspace ? true : 'No folder is open.')
const needsEntry = (): true | string => (focusedEntry() ? true : 'Nothing is selected in the explorer.')

function show(): void {
  showSideView('explorer')
  focusTree()
}

function activeFile(): string | null {
  const id = usePages.getState().activeId
  return id?.startsWith('file:') && !id.startsWith('file:untitled:') ? id.slice('file:'.length) : null
}

async function revealGiven(argument: unknown): Promise<void> {
  const path = typeof argument === 'string' ? argument : activeFile()
  if (path === null) return
  showSideView('explorer')
  await reveal(path)
  focusTree()
}

async function create(kind: 'file' | 'folder'): Promise<void> {
  showSideView('explorer')
  await startCreate(kind)
}

const category = 'Explorer'
const inTree = { category, keyScope: 'explorer', canRun: needsEntry } as const

export const explorerCommands: readonly Command[] = [
  { id: 'explorer.show', title: 'Go to the explorer', category: 'Go', keys: ['Ctrl+Shift+E', 'Alt+1'], canRun: needsFolder, run: show },
  { id: 'explorer.newFile', title: 'New file', category, icon: FilePlus, keys: ['Ctrl+Alt+N'], canRun: needsFolder, run: () => create('file') },
  { id: 'explorer.newFolder', title: 'New folder', category, icon: FolderPlus, keys: ['Ctrl+Alt+Shift+N'], canRun: needsFolder, run: () => create('folder') },
  { id: 'explorer.rename', title: 'Rename', icon: Pencil, keys: ['F2'], ...inTree, run: () => startRename(targets()[0] ?? '') },
  { id: 'explorer.trash', title: 'Move to trash', icon: Trash2, keys: ['Delete'], ...inTree, run: () => trash(targets()) },
  { id: 'explorer.cut', title: 'Cut', icon: Scissors, keys: ['Ctrl+X'], ...inTree, run: () => cut(targets()) },
  { id: 'explorer.paste', title: 'Paste', icon: ClipboardPaste, keys: ['Ctrl+V'], category, keyScope: 'explorer', canRun: () => (useExplorer.getState().cut.size > 0 ? true : 'Nothing was cut.'), run: paste },
  { id: 'explorer.copyPath', title: 'Copy path', icon: Copy, keys: ['Ctrl+Alt+C'], ...inTree, run: () => copyPaths(targets(), false) },
  { id: 'explorer.copyRelativePath', title: 'Copy relative path', keys: ['Ctrl+Alt+Shift+C'], ...inTree, run: () => copyPaths(targets(), true) },
  { id: 'explorer.refresh', title: 'Refresh the explorer', category, icon: RefreshCw, canRun: needsFolder, run: refresh },
  { id: 'explorer.collapseAll', title: 'Collapse all folders', category, icon: ChevronsDownUp, canRun: needsFolder, run: collapseAll },
  {
    id: 'explorer.reveal',
    title: 'Show the open file in the explorer',
    category,
    canRun: needsFolder,
    run: revealGiven,
  },
]

/** The context menu of an entry; of the empty space below the tree without one. */
export function entryMenu(entry: FileEntry | null): readonly MenuEntry[] {
  const run = (work: () => unknown) => (): void => {
    if (entry && !useExplorer.getState().selected.has(entry.path)) focusRow(entry.path, { isRevealed: false })
    // The menu gives the focus back when it has closed; a field that opens must come after that.
    requestAnimationFrame(() => setTimeout(() => void Promise.resolve(work()).catch(reportFailure)))
  }
  const folder = entry === null ? '' : entry.kind === 'folder' ? entry.path : undefined
  const { cut: taken } = useExplorer.getState()
  const create: MenuEntry[] = [
    { id: 'new-file', label: 'New file', icon: FilePlus, run: run(() => startCreate('file', folder)) },
    { id: 'new-folder', label: 'New folder', icon: FolderPlus, run: run(() => startCreate('folder', folder)) },
  ]
  const pasteEntry: MenuEntry = { id: 'paste', label: 'Paste', icon: ClipboardPaste, keys: 'Ctrl+V', ...(taken.size === 0 ? { disabledReason: 'Nothing was cut.' } : {}), run: run(() => (entry === null ? moveInto([...taken], '') : paste())) }
  if (!entry) return [...create, 'separator', pasteEntry, 'separator', { id: 'refresh', label: 'Refresh', icon: RefreshCw, run: run(refresh) }]
  const { path } = entry
  return [
    ...(entry.kind === 'file' ? ([{ id: 'open', label: 'Open', run: run(() => openEntry(path, { isPreview: false, takesFocus: true })) }, 'separator'] as const) : []),
    ...create,
    'separator',
    { id: 'cut', label: 'Cut', icon: Scissors, keys: 'Ctrl+X', run: run(() => cut(targets(path))) },
    pasteEntry,
    ...(entry.kind === 'file' ? [{ id: 'duplicate', label: 'Duplicate', icon: CopyPlus, run: run(() => duplicate(path)) }] : []),
    'separator',
    { id: 'copy-path', label: 'Copy path', icon: Copy, keys: 'Ctrl+Alt+C', run: run(() => copyPaths(targets(path), false)) },
    { id: 'copy-relative', label: 'Copy relative path', run: run(() => copyPaths(targets(path), true)) },
    'separator',
    { id: 'rename', label: 'Rename', icon: Pencil, keys: 'F2', run: run(() => startRename(path)) },
    { id: 'trash', label: 'Move to trash', icon: Trash2, keys: 'Delete', isDanger: true, run: run(() => trash(targets(path))) },
  ]
}
