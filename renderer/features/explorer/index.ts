import { Files } from 'lucide-react'
import type { Feature } from '../../shell/feature.ts'
import { ExplorerActions } from './explorer-actions-bar.tsx'
import { explorerCommands } from './explorer-commands.ts'
import { ExplorerView } from './explorer-view.tsx'
import { startExplorer } from './load-folders.ts'

export const explorerFeature: Feature = {
  id: 'explorer',
  commands: explorerCommands,
  sideViews: [{ id: 'explorer', title: 'Explorer', icon: Files, order: 10, component: ExplorerView, actions: ExplorerActions }],
  onWorkspace: startExplorer,
}
