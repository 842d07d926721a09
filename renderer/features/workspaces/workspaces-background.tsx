import { client } from '../../rpc/client.ts'
import { useWatch } from '../../rpc/use-watch.ts'
import { notify } from '../../shell/notices.ts'
import { showWorkspace } from '../../shell/open-workspace.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { useSession } from '../../shell/session.ts'
import { FolderPicker } from './folder-picker.tsx'
import { useWorkspaces } from './workspaces-store.ts'

/** Keeps the recent folders and offers to switch when a second start asked for a folder. */
export function WorkspacesBackground() {
  useWatch(
    async signal => await client.workspaces.watch(undefined, { signal }),
    event => {
      if (event.type === 'snapshot') useWorkspaces.setState({ recent: event.recent })
      else if (event.workspace.id !== useSession.getState().workspace?.id) {
        const { workspace } = event
        notify({
          tone: 'info',
          text: `${workspace.displayPath} was asked for from outside this window.`,
          action: { label: `Show ${workspace.name} here`, run: () => void showWorkspace(workspace).catch(reportFailure) },
        })
      }
    },
    [],
  )
  return <FolderPicker />
}
