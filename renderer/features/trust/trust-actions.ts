import { create } from 'zustand'
import { client } from '../../rpc/client.ts'
import { useSession } from '../../shell/session.ts'

/** Whether the dialog stands. */
export const useTrustDialog = create<{ isOpen: boolean }>(() => ({ isOpen: false }))

export function showTrust(): void {
  useTrustDialog.setState({ isOpen: useSession.getState().workspace !== null })
}

export function hideTrust(): void {
  useTrustDialog.setState({ isOpen: false })
}

export async function grantTrust(scope: 'folder' | 'parent'): Promise<void> {
  const { workspace } = useSession.getState()
  if (workspace) await client.trust.grant({ workspaceId: workspace.id, scope })
  hideTrust()
}

export async function revokeTrust(): Promise<void> {
  const { workspace } = useSession.getState()
  if (workspace) await client.trust.revoke({ workspaceId: workspace.id })
  hideTrust()
}
