import { freeName, isInside, joinPath, nameOf, nameProblem, parentOf, shownName } from '#shared/relative-path.ts'
import type { FileEntry } from '#shared/contract/files.ts'
import { client } from '../../rpc/client.ts'
import { askConfirm } from '../../shell/ask.ts'
import { runCommand } from '../../shell/commands.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { useSession, workspaceId } from '../../shell/session.ts'
import { entryOf, focusRow, useExplorer, type NameEdit } from './explorer-store.ts'
import { expand, loadFolder, reveal } from './load-folders.ts'
import { leaveMove } from './use-follow-active.ts'

export function focusedEntry(): FileEntry | null {
  const state = useExplorer.getState()
  return state.focused === null ? null : (entryOf(state, state.focused, parentOf(state.focused)) ?? null)
}

/** What keys and menus act on: the selection where it holds the focused row, else that row alone. */
export function targets(path?: string): string[] {
  const { focused, selected } = useExplorer.getState()
  const at = path ?? focused
  if (at === null) return []
  const all = selected.has(at) ? [...selected] : [at]
  // An entry goes along with its folder.
  return all.filter(one => !all.some(other => other !== one && isInside(one, other)))
}

export function openEntry(path: string, options: { isPreview: boolean; takesFocus: boolean }): void {
  runCommand('editor.open', { path, ...options }).catch(reportFailure)
}

/** The folder in which something new goes: the focused folder, or the one the focused file stands in. */
export function folderForNew(): string {
  const entry = focusedEntry()
  if (!entry) return ''
  return entry.kind === 'folder' ? entry.path : parentOf(entry.path)
}

export async function startCreate(entryKind: 'file' | 'folder', folder = folderForNew()): Promise<void> {
  if (folder !== '') await expand(folder)
  useExplorer.setState({ edit: { kind: 'create', folder, entryKind } })
}

export function startRename(path: string): void {
  useExplorer.setState({ edit: { kind: 'rename', path, folder: parentOf(path) } })
}

export function endEdit(): void {
  useExplorer.setState({ edit: null })
}

/** What is wrong with a typed name here; null when it can be used. */
export function editProblem(edit: NameEdit, name: string): string | null {
  const problem = nameProblem(name.replace(/\/$/, ''))
  if (problem) return problem
  if (edit.kind === 'rename' && name.includes('/')) return 'A name cannot contain "/". Drag the entry to move it.'
  const taken = useExplorer.getState().folders.get(edit.folder)?.entries.some(entry => entry.name === name && !(edit.kind === 'rename' && entry.path === edit.path))
  return taken ? `${shownName(name)} exists already in this folder.` : null
}

/** Does what was typed: makes or renames. Rejects with the host's error. */
export async function finishEdit(edit: NameEdit, typed: string): Promise<void> {
  const name = typed.replace(/\/$/, '')
  if (edit.kind === 'rename') {
    if (name !== nameOf(edit.path)) await moveTo(edit.path, joinPath(edit.folder, name))
    return
  }
  const entryKind = typed.endsWith('/') ? 'folder' : edit.entryKind
  const entry = await client.files.create({ workspaceId: workspaceId(), path: joinPath(edit.folder, name), kind: entryKind })
  await loadFolder(edit.folder)
  await reveal(entry.path)
  if (entry.kind === 'file') openEntry(entry.path, { isPreview: false, takesFocus: true })
}

async function moveTo(from: string, to: string): Promise<void> {
  await client.files.move({ workspaceId: workspaceId(), from, to })
  const { expanded, folders } = useExplorer.getState()
  useExplorer.setState({ cut: new Set() })
  await Promise.all([...new Set([parentOf(from), parentOf(to)])].filter(folder => folder === '' || folders.has(folder)).map(loadFolder))
  if (expanded.has(from)) await expand(to)
  await reveal(to)
  leaveMove(from, to)
  await runCommand('editor.fileMoved', { from, to })
}

/** Moves entries into a folder, one after the other, and stops at the first that cannot go. */
export async function moveInto(paths: readonly string[], folder: string): Promise<void> {
  for (const path of paths) {
    if (parentOf(path) === folder || isInside(folder, path)) continue
    await moveTo(path, joinPath(folder, nameOf(path)))
  }
}

export function cut(paths: readonly string[]): void {
  useExplorer.setState({ cut: new Set(paths) })
}

export async function paste(): Promise<void> {
  await moveInto([...useExplorer.getState().cut], folderForNew())
}

export async function trash(paths: readonly string[]): Promise<void> {
  const [first] = paths
  if (first === undefined) return
  const what = paths.length === 1 ? shownName(nameOf(first)) : `${paths.length} entries`
  const isSure = await askConfirm({ title: `Move ${what} to the trash?`, text: 'You can take it back from the trash of this computer.', confirmLabel: 'Move to trash', isDanger: true })
  if (!isSure) return
  for (const path of paths) {
    await client.files.trash({ workspaceId: workspaceId(), path })
    await runCommand('editor.fileTrashed', path)
  }
  const folder = parentOf(first)
  const before = useExplorer.getState().folders.get(folder)?.entries ?? []
  const index = before.findIndex(entry => entry.path === first)
  await Promise.all([...new Set(paths.map(parentOf))].map(loadFolder))
  const left = useExplorer.getState().folders.get(folder)?.entries ?? []
  const next = left[Math.min(index, left.length - 1)]?.path ?? folder
  if (next !== '') focusRow(next)
  else useExplorer.setState({ focused: null, selected: new Set() })
}

/** A copy beside the file, under a free name. */
export async function duplicate(path: string): Promise<void> {
  const folder = parentOf(path)
  const taken = new Set(useExplorer.getState().folders.get(folder)?.entries.map(entry => entry.name))
  const content = await client.files.read({ workspaceId: workspaceId(), path })
  const target = joinPath(folder, freeName(nameOf(path), taken))
  await client.files.write({ workspaceId: workspaceId(), path: target, text: content.text, encoding: content.encoding, lineEnding: content.lineEnding, expectedVersion: null })
  await loadFolder(folder)
  focusRow(target)
}

export async function copyPaths(paths: readonly string[], isRelative: boolean): Promise<void> {
  const root = useSession.getState().workspace?.path ?? ''
  await navigator.clipboard.writeText(paths.map(path => (isRelative ? path : `${root}/${path}`)).join('\n'))
}
