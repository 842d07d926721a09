import { client } from '../../rpc/client.ts'
import { follow } from '../../rpc/follow.ts'
import { keep, readKept } from '../../shell/layout.ts'
import { useSession } from '../../shell/session.ts'
import { foldersAbove, isInside, parentOf } from '#shared/relative-path.ts'
import { emptyExplorer, focusRow, useExplorer, type FolderContent } from './explorer-store.ts'

const loading = new Map<string, Promise<void>>()

/** Reads a folder; what is expanded, selected and focused stays. A call while one runs waits for a fresh one. */
export function loadFolder(path: string): Promise<void> {
  const running = loading.get(path)
  const next = (running ?? Promise.resolve()).then(() => read(path)).finally(() => loading.get(path) === next && loading.delete(path))
  loading.set(path, next)
  return next
}

async function read(path: string): Promise<void> {
  const id = useSession.getState().workspace?.id
  if (id === undefined) return
  let content: FolderContent
  try {
    const { entries, total } = await client.files.list({ workspaceId: id, path })
    content = { entries, total, failure: null }
  } catch (failure) {
    content = { entries: [], total: 0, failure }
  }
  // A folder of the same name may stand in the workspace that was opened meanwhile.
  if (useSession.getState().workspace?.id === id) useExplorer.setState(state => ({ folders: new Map(state.folders).set(path, content) }))
}

function setExpanded(change: (expanded: Set<string>) => void): void {
  const expanded = new Set(useExplorer.getState().expanded)
  change(expanded)
  useExplorer.setState({ expanded })
  keep('explorer.expanded', [...expanded].slice(0, 500))
}

export function expand(path: string): Promise<void> {
  setExpanded(expanded => expanded.add(path))
  return useExplorer.getState().folders.has(path) ? Promise.resolve() : loadFolder(path)
}

export function collapse(path: string): void {
  setExpanded(expanded => expanded.delete(path))
}

export function toggle(path: string): void {
  if (useExplorer.getState().expanded.has(path)) collapse(path)
  else void expand(path)
}

export function collapseAll(): void {
  setExpanded(expanded => expanded.clear())
  useExplorer.setState(state => ({ focused: state.focused === null ? null : (foldersAbove(state.focused)[0] ?? state.focused) }))
}

/** Reads again every folder that is shown. */
export async function refresh(): Promise<void> {
  const { expanded, folders } = useExplorer.getState()
  // A folder that is closed now is read again when it opens.
  useExplorer.setState({ folders: new Map([...folders].filter(([path]) => path === '' || expanded.has(path))) })
  await Promise.all(['', ...expanded].filter(path => path === '' || folders.has(path) || loading.has(path)).map(loadFolder))
}

/** Opens the folders above an entry and puts the focus of the tree on it. */
export async function reveal(path: string): Promise<void> {
  for (const folder of foldersAbove(path)) await expand(folder)
  focusRow(path)
}

/** Reads the workspace, goes on where this window was, and follows what anybody changes on disk. Answers how to stop. */
export function startExplorer(id: string): () => void {
  const kept = readKept('explorer.expanded')
  const expanded = new Set(Array.isArray(kept) ? kept.filter(path => typeof path === 'string') : [])
  useExplorer.setState({ ...emptyExplorer, expanded }, true)
  void Promise.all(['', ...expanded].map(loadFolder))
  const stop = follow(
    async signal => await client.files.watch({ workspaceId: id }, { signal }),
    event => {
      if (event.type === 'changed') followChanges(event.changes.filter(change => change.kind !== 'updated').map(change => change.path))
      // The first time too: what changed between the listing and the watch was told to nobody.
      else void refresh()
    },
  )
  return () => {
    stop()
    useExplorer.setState(emptyExplorer, true)
  }
}

function followChanges(paths: readonly string[]): void {
  const { folders, expanded } = useExplorer.getState()
  const touched = new Set(paths.map(parentOf))
  // What stands in a folder that came back is read again too.
  for (const folder of folders.keys()) if (paths.some(path => isInside(folder, path))) touched.add(folder)
  for (const folder of touched) {
    if (!folders.has(folder)) continue
    if (folder === '' || expanded.has(folder)) void loadFolder(folder)
    else useExplorer.setState(state => ({ folders: new Map([...state.folders].filter(([path]) => path !== folder)) }))
  }
}
