import type { LucideIcon } from 'lucide-react'
import { classNames } from '../ui/class-names.ts'
import { Icon } from '../ui/icon.tsx'
import { Tooltip } from '../ui/tooltip.tsx'
import { runCommand, useCommands } from './commands.ts'
import { useFeatureList } from './feature-list.ts'
import { columnQuery, toggleSideView, useLayout } from './layout.ts'
import { usePages } from './pages.ts'
import { reportFailure } from './report-failure.ts'
import { useSession } from './session.ts'
import { shownKey } from './shown-key.ts'
import { useMedia } from './use-media.ts'

interface RailButtonProps {
  icon: LucideIcon
  label: string
  keys?: string | undefined
  isCurrent: boolean
  /** Of what is shown and hidden by its button. */
  isShown?: boolean
  onClick: () => void
}

function RailButton({ icon, label, keys, isCurrent, isShown, onClick }: RailButtonProps) {
  return (
    <Tooltip label={label} keys={keys} side="right">
      <button
        type="button"
        aria-label={label}
        aria-current={isCurrent ? (isShown === undefined ? 'page' : 'true') : undefined}
        aria-pressed={isShown}
        onClick={onClick}
        className={classNames('relative grid size-9 place-items-center rounded-control', isCurrent ? 'bg-surface-1 text-text' : isShown ? 'text-text hover:bg-hover' : 'text-muted hover:bg-hover hover:text-text')}
      >
        {isCurrent && <span className="absolute inset-y-2.25 -left-1.5 w-0.5 rounded-[2px] bg-text" />}
        <Icon icon={icon} size={18} />
      </button>
    </Tooltip>
  )
}

/** One entry at most is the current one: the page in front where it stands on the rail, else the side panel. A panel that is open beside such a page is pressed, and no more. */
export function Rail() {
  const hasFolder = useSession(state => state.workspace !== null)
  const sideViews = useFeatureList(state => state.sideViews)
  const views = hasFolder ? sideViews : []
  const pages = useFeatureList(state => state.features).flatMap(feature => feature.railPages ?? [])
  const sideViewId = useLayout(state => state.sideViewId)
  const activePage = usePages(state => state.activeId)
  const commands = useCommands(state => state.commands)
  const isColumn = useMedia(columnQuery)
  // In one column the panel covers the page.
  const isPanelInFront = isColumn && views.some(({ id }) => id === sideViewId)
  const current = isPanelInFront ? null : pages.find(({ page }) => page === activePage)
  const pageButton = ({ command: id, page }: (typeof pages)[number]) => {
    const command = commands.get(id)
    return command?.icon && <RailButton key={id} icon={command.icon} label={command.title} keys={shownKey(command)} isCurrent={page === current?.page} onClick={() => void runCommand(id).catch(reportFailure)} />
  }
  return (
    <nav aria-label="Views" className="flex h-full flex-col items-center gap-1 py-2" data-region="rail">
      {views.map(view => (
        <RailButton key={view.id} icon={view.icon} label={view.title} keys={shownKey(commands.get(`${view.id}.show`))} isCurrent={!current && view.id === sideViewId} isShown={view.id === sideViewId} onClick={() => toggleSideView(view.id)} />
      ))}
      {pages.filter(({ isAtFoot }) => !isAtFoot).map(pageButton)}
      <span className="flex-1" />
      {pages.filter(({ isAtFoot }) => isAtFoot).map(pageButton)}
    </nav>
  )
}
