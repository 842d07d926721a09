import type { Workspace } from '#shared/contract/workspaces.ts'
import { client } from '../rpc/client.ts'
import { detachDock } from './dock-sync.ts'
import { useFeatureList } from './feature-list.ts'
import { keepLayout, keepLayoutChanges, readLayout } from './layout-keeper.ts'
import { useSession } from './session.ts'
import { followSettings } from './settings.ts'

const workspaceKey = 'cortex.workspace'
let stops: (() => void)[] = []
let newest = 0

/** The workspace this tab showed before a reload. */
export function rememberedWorkspace(): string | null {
  return sessionStorage.getItem(workspaceKey)
}

/** Shows a workspace in this window in place of the one that stands; null is the empty window. */
export async function showWorkspace(workspace: Workspace | null): Promise<void> {
  const own = ++newest
  keepLayoutChanges()
  const applyLayout = await readLayout(workspace?.id ?? null)
  // Another folder was asked for meanwhile, as by a double click: two at once would both be followed.
  if (own !== newest) return
  // In one go: a tab that is opened while the layout is read belongs to the folder that goes, whose dock must never draw the pages of the one that comes.
  for (const stop of stops.reverse()) stop()
  stops = []
  if (workspace) sessionStorage.setItem(workspaceKey, workspace.id)
  else sessionStorage.removeItem(workspaceKey)
  document.title = workspace ? `${workspace.name} · Cortex` : 'Cortex'
  detachDock()
  applyLayout()
  useSession.setState({ workspace })
  stops.push(keepLayout(workspace?.id ?? null), followSettings(workspace?.id ?? null))
  if (!workspace) return
  for (const feature of useFeatureList.getState().features) {
    const stop = feature.onWorkspace?.(workspace.id)
    if (stop) stops.push(stop)
  }
}

/** Opens a folder by absolute path and shows it. Throws what `workspaces.open` throws. */
export async function openFolder(path: string): Promise<void> {
  await showWorkspace(await client.workspaces.open({ path }))
}
