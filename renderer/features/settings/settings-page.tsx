import { Braces, Search } from 'lucide-react'
import { useRef } from 'react'
import { create } from 'zustand'
import { runCommand } from '../../shell/commands.ts'
import type { PageProps } from '../../shell/feature.ts'
import { usePageFocus } from '../../shell/page-focus.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { useSession } from '../../shell/session.ts'
import { useSettings } from '../../shell/settings.ts'
import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { LiveRegion } from '../../ui/live-region.tsx'
import { EmptyState } from '../../ui/states.tsx'
import { Tabs } from '../../ui/tabs.tsx'
import { SettingRow } from './setting-row.tsx'
import { byCategory, searchSettings, type Scope } from './setting-rows.ts'
import { SettingsProblems } from './settings-problems.tsx'

/** What the page shows; commands set it before they open the page. */
export const useSettingsView = create<{ query: string; scope: Scope }>(() => ({ query: '', scope: 'user' }))

export function SettingsPage({ page, isActive }: PageProps) {
  const search = useRef<HTMLInputElement>(null)
  usePageFocus(page.id, isActive, search)
  const { query, scope: wanted } = useSettingsView()
  const hasFolder = useSession(state => state.workspace !== null)
  const home = useSession(state => state.info?.homeFolder)
  const files = useSettings()
  const scroller = useRef<HTMLDivElement>(null)
  const scope = hasFolder ? wanted : 'user'
  const groups = byCategory(searchSettings(query))
  const count = groups.reduce((sum, group) => sum + group.rows.length, 0)
  const file = scope === 'user' ? files.userFile : files.workspaceFile
  const jump = (category: string): void => scroller.current?.querySelector(`[data-category="${category}"]`)?.scrollIntoView({ block: 'start' })

  return (
    <div className="flex h-full min-h-0 flex-col">
      <header className="shrink-0 border-b border-line px-8 pt-6 max-[720px]:px-4">
        <div className="flex flex-wrap items-center gap-3">
          <h1 className="text-20 font-strong">Settings</h1>
          <Field ref={search} label="Search settings" isLabelHidden icon={Search} placeholder="Search settings" value={query} onChange={event => useSettingsView.setState({ query: event.target.value })} className="min-w-40 flex-1 sm:max-w-80" />
          <span className="flex-1" />
          <Button icon={Braces} onClick={() => void runCommand('settings.openJson', scope).catch(reportFailure)}>
            Edit as JSON
          </Button>
        </div>
        <div className="-ml-4 flex items-center pt-2">
          {hasFolder ? (
            <Tabs
              label="Whose settings"
              tabs={[
                { id: 'user', title: 'Yours' },
                { id: 'workspace', title: 'This folder' },
              ]}
              activeId={scope}
              onActivate={id => useSettingsView.setState({ scope: id === 'workspace' ? 'workspace' : 'user' })}
              panelId="settings-list"
            />
          ) : null}
          <p className="min-w-0 flex-1 truncate py-2 pl-4 text-right text-11 text-faint" title={file ?? undefined}>
            {home && file?.startsWith(`${home}/`) ? `~${file.slice(home.length)}` : file}
          </p>
        </div>
      </header>
      <LiveRegion text={query ? `${count} settings` : ''} />
      <div className="flex min-h-0 flex-1">
        <nav aria-label="Categories" className="w-44 shrink-0 overflow-y-auto py-4 pl-6 max-[720px]:hidden">
          {groups.map(({ category }) => (
            <button key={category} type="button" onClick={() => jump(category)} className="focus-inset block h-7 w-full rounded-control px-2 text-left text-muted hover:bg-hover hover:text-text">
              {category}
            </button>
          ))}
        </nav>
        <div ref={scroller} id="settings-list" role={hasFolder ? 'tabpanel' : undefined} aria-label={hasFolder ? 'Settings' : undefined} className="min-w-0 flex-1 overflow-y-auto px-6 pb-16 max-[720px]:px-4">
          <div className="max-w-180">
            <SettingsProblems scope={scope} />
            {groups.map(group => (
              <section key={group.category} data-category={group.category} aria-label={group.category} className="scroll-mt-0 pt-5">
                <h2 className="text-12 font-strong text-muted">{group.category}</h2>
                <ul>
                  {group.rows.map(row => (
                    <SettingRow key={row.key} row={row} scope={scope} />
                  ))}
                </ul>
              </section>
            ))}
            {count === 0 && <EmptyState text={`No setting matches “${query}”.`} action={{ label: 'Show all settings', run: () => useSettingsView.setState({ query: '' }) }} />}
          </div>
        </div>
      </div>
    </div>
  )
}
