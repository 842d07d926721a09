import { create } from 'zustand'
import type { AppInfo } from '#shared/contract/app.ts'
import type { Workspace } from '#shared/contract/workspaces.ts'

interface SessionState {
  info: AppInfo | null
  /** The folder this window shows; null on the empty welcome page. */
  workspace: Workspace | null
}

export const useSession = create<SessionState>(() => ({ info: null, workspace: null }))

/** The id of the open workspace; for code that only runs while one is open. */
export function workspaceId(): string {
  const { workspace } = useSession.getState()
  if (!workspace) throw new Error('No folder is open')
  return workspace.id
}
