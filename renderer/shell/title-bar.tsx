import { Folder, PanelBottom, PanelRight, Search, type LucideIcon } from 'lucide-react'
import { Icon } from '../ui/icon.tsx'
import { IconButton } from '../ui/icon-button.tsx'
import { Keys } from '../ui/keys.tsx'
import { Tooltip } from '../ui/tooltip.tsx'
import { runCommand, useCommands } from './commands.ts'
import { useFeatureList } from './feature-list.ts'
import { narrowQuery, useLayout } from './layout.ts'
import { openQuickPick } from './quick-pick.ts'
import { reportFailure } from './report-failure.ts'
import { useSession } from './session.ts'
import { shownKey } from './shown-key.ts'
import { useMedia } from './use-media.ts'

export function TitleBar() {
  const workspace = useSession(state => state.workspace)
  const items = useFeatureList(state => state.features)
  const isBottomOpen = useLayout(state => state.isBottomOpen)
  const isOverlay = useMedia(narrowQuery)
  const isRightShown = useLayout(state => (isOverlay ? state.isRightOverlayOpen : state.isRightOpen))
  return (
    <header className="grid grid-cols-[1fr_minmax(0,480px)_1fr] items-center gap-4 px-3 pl-4 max-[720px]:grid-cols-[minmax(0,1fr)_auto_auto] max-[720px]:gap-2">
      <div className="relative flex min-w-0">
        <h1 className="sr-only">{workspace ? `${workspace.name} in Cortex` : 'No folder is open'}</h1>
        <Tooltip label={workspace ? workspace.displayPath : 'Open a folder'} keys="Ctrl+O">
          <button
            type="button"
            onClick={() => void runCommand('workspaces.open').catch(reportFailure)}
            className="-ml-1.5 flex h-7 min-w-0 items-center gap-2 rounded-control px-1.5 font-strong hover:bg-hover"
          >
            <Icon icon={Folder} />
            <span className="truncate">{workspace?.name ?? 'No folder'}</span>
          </button>
        </Tooltip>
      </div>
      <button
        type="button"
        aria-haspopup="dialog"
        onClick={() => openQuickPick()}
        className="flex h-7 min-w-0 items-center gap-2 rounded-control border border-line bg-surface-1 px-2.5 text-muted hover:bg-hover max-[720px]:size-7 max-[720px]:justify-center max-[720px]:px-0"
      >
        <Icon icon={Search} size={14} />
        <span className="min-w-0 flex-1 truncate text-left max-[720px]:sr-only">Go to file or run a command</span>
        <Keys binding="Ctrl+P" className="max-[720px]:hidden" />
      </button>
      <div className="flex min-w-0 items-center justify-end gap-1">
        {workspace && (
          <>
            <PanelToggle icon={PanelBottom} label="Bottom panel" commandId="layout.toggleBottom" isOpen={isBottomOpen} />
            <PanelToggle icon={PanelRight} label="Chat" commandId="layout.toggleRight" isOpen={isRightShown} />
          </>
        )}
        <span className="w-1" />
        {items.flatMap(feature => feature.titleItems ?? []).map(item => {
          const Item = item.component
          return <Item key={item.id} />
        })}
      </div>
    </header>
  )
}

function PanelToggle({ icon, label, commandId, isOpen }: { icon: LucideIcon; label: string; commandId: string; isOpen: boolean }) {
  const keys = useCommands(state => shownKey(state.commands.get(commandId)))
  return <IconButton icon={icon} label={label} keys={keys} isPressed={isOpen} className="aria-pressed:bg-transparent" onClick={() => void runCommand(commandId).catch(reportFailure)} />
}
