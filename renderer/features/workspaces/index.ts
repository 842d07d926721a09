import { Folder, FolderOpen } from 'lucide-react'
import type { Feature } from '../../shell/feature.ts'
import { openFolder, showWorkspace } from '../../shell/open-workspace.ts'
import { openQuickPick, registerPickProvider } from '../../shell/quick-pick.ts'
import { useSession } from '../../shell/session.ts'
import { WorkspacesBackground } from './workspaces-background.tsx'
import { setPickerOpen, useWorkspaces } from './workspaces-store.ts'

registerPickProvider({
  id: 'recent-folders',
  prefix: '~',
  title: 'Recent folders',
  placeholder: 'Search recent folders',
  emptyText: 'No recent folder matches.',
  find(query) {
    const wanted = query.trim().toLowerCase()
    const fitting = useWorkspaces.getState().recent.filter(folder => folder.displayPath.toLowerCase().includes(wanted))
    return {
      items: fitting.map(folder => ({
        id: folder.path,
        label: folder.name,
        detail: folder.displayPath,
        icon: Folder,
        ...(folder.isMissing ? { disabledReason: `${folder.displayPath} is not there` } : {}),
        run: async () => await openFolder(folder.path),
      })),
    }
  },
})

export const workspacesFeature: Feature = {
  id: 'workspaces',
  commands: [
    {
      id: 'workspaces.open',
      title: 'Open folder',
      category: 'File',
      icon: FolderOpen,
      keys: ['Ctrl+O'],
      /** An absolute path opens that folder without asking. */
      run: async argument => {
        if (typeof argument === 'string') await openFolder(argument)
        else setPickerOpen(true)
      },
    },
    { id: 'workspaces.openRecent', title: 'Open recent folder', category: 'File', icon: Folder, keys: ['Ctrl+Alt+O'], run: () => openQuickPick('~') },
    {
      id: 'workspaces.close',
      title: 'Close folder',
      category: 'File',
      canRun: () => (useSession.getState().workspace ? true : 'No folder is open.'),
      run: async () => await showWorkspace(null),
    },
  ],
  background: WorkspacesBackground,
}
