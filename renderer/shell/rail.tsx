import type { LucideIcon } from 'lucide-react'
import { classNames } from '../ui/class-names.ts'
import { Icon } from '../ui/icon.tsx'
import { Tooltip } from '../ui/tooltip.tsx'
import { runCommand, useCommands } from './commands.ts'
import { useFeatureList } from './feature-list.ts'
import { toggleSideView, useLayout } from './layout.ts'
import { usePages } from './pages.ts'
import { reportFailure } from './report-failure.ts'
import { useSession } from './session.ts'
import { shownKey } from './shown-key.ts'

function RailButton({ icon, label, keys, isOn, onClick }: { icon: LucideIcon; label: string; keys?: string | undefined; isOn?: boolean; onClick: () => void }) {
  return (
    <Tooltip label={label} keys={keys} side="right">
      <button
        type="button"
        aria-label={label}
        aria-pressed={isOn}
        onClick={onClick}
        className={classNames('relative grid size-9 place-items-center rounded-control', isOn ? 'bg-surface-1 text-text' : 'text-muted hover:bg-hover hover:text-text')}
      >
        {isOn && <span className="absolute inset-y-2.25 -left-1.5 w-0.5 rounded-[2px] bg-text" />}
        <Icon icon={icon} size={18} />
      </button>
    </Tooltip>
  )
}

export function Rail() {
  const hasFolder = useSession(state => state.workspace !== null)
  const sideViews = useFeatureList(state => state.sideViews)
  const views = hasFolder ? sideViews : []
  const features = useFeatureList(state => state.features)
  const commands = useCommands(state => state.commands)
  const current = useLayout(state => state.sideViewId)
  const activePage = usePages(state => state.activeId)
  return (
    <nav aria-label="Views" className="flex h-full flex-col items-center gap-1 py-2" data-region="rail">
      {views.map(view => (
        <RailButton key={view.id} icon={view.icon} label={view.title} keys={shownKey(commands.get(`${view.id}.show`))} isOn={view.id === current} onClick={() => toggleSideView(view.id)} />
      ))}
      {features
        .flatMap(feature => feature.railPages ?? [])
        .map(({ command: id, page }) => {
          const command = commands.get(id)
          return command?.icon && <RailButton key={id} icon={command.icon} label={command.title} keys={shownKey(command)} isOn={activePage === page} onClick={() => void runCommand(id).catch(reportFailure)} />
        })}
      <span className="flex-1" />
      {features
        .flatMap(feature => feature.railCommands ?? [])
        .flatMap(id => commands.get(id) ?? [])
        .map(command => command.icon && <RailButton key={command.id} icon={command.icon} label={command.title} keys={shownKey(command)} onClick={() => void runCommand(command.id).catch(reportFailure)} />)}
    </nav>
  )
}
