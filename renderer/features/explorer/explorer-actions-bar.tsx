import { ChevronsDownUp, FilePlus, FolderPlus, Ellipsis, RefreshCw, Crosshair } from 'lucide-react'
import { IconButton } from '../../ui/icon-button.tsx'
import { Menu } from '../../ui/menu.tsx'
import { runCommand } from '../../shell/commands.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { useSession } from '../../shell/session.ts'

const run = (id: string) => (): void => {
  runCommand(id).catch(reportFailure)
}

/** Buttons at the right of the explorer's heading. */
export function ExplorerActions() {
  const hasFolder = useSession(state => state.workspace !== null)
  if (!hasFolder) return null
  return (
    <>
      <IconButton icon={FilePlus} label="New file" keys="Ctrl+Alt+N" onClick={run('explorer.newFile')} />
      <IconButton icon={FolderPlus} label="New folder" onClick={run('explorer.newFolder')} />
      <Menu
        align="end"
        entries={[
          { id: 'reveal', label: 'Show the open file', icon: Crosshair, run: run('explorer.reveal') },
          { id: 'collapse', label: 'Collapse all', icon: ChevronsDownUp, run: run('explorer.collapseAll') },
          { id: 'refresh', label: 'Refresh', icon: RefreshCw, run: run('explorer.refresh') },
        ]}
      >
        <IconButton icon={Ellipsis} label="More" />
      </Menu>
    </>
  )
}
