import { client } from '../../rpc/client.ts'
import { follow } from '../../rpc/follow.ts'
import { isInside } from '#shared/relative-path.ts'
import type { Documents } from './documents/documents.ts'
import { useDocuments } from './documents/document-state.ts'

/** Looks at open files again when something happened to them on disk; after a break in the connection at all of them. */
export function watchDisk(workspaceId: string, documents: Documents): () => void {
  const check = (isMeant: (path: string) => boolean): void => {
    for (const path of useDocuments.getState().documents.keys()) if (isMeant(path)) void documents.checkDisk(path)
  }
  return follow(
    async signal => await client.files.watch({ workspaceId }, { signal }),
    event => {
      if (event.type === 'changed') check(path => event.changes.some(change => isInside(path, change.path)))
      // The first time too: what changed before the watch stood was told to nobody.
      else check(() => true)
    },
  )
}
