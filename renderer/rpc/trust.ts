import { create } from 'zustand'
import type { FolderTrust } from '#shared/contract/trust.ts'
import { client } from './client.ts'
import { follow } from './follow.ts'

/** Whether the open folder is trusted; null until it is known, and without a folder. */
export const useTrust = create<{ trust: FolderTrust | null }>(() => ({ trust: null }))

/** Follows the trust of a folder while it is open. */
export function watchTrust(workspaceId: string): () => void {
  const stop = follow(
    async signal => await client.trust.watch({ workspaceId }, { signal }),
    trust => useTrust.setState({ trust }),
  )
  return () => {
    stop()
    useTrust.setState({ trust: null })
  }
}
