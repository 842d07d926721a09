import { useRef, type ReactNode } from 'react'
import { classNames } from './class-names.ts'

export interface TabsProps {
  label: string
  tabs: readonly { id: string; title: string }[]
  activeId: string
  onActivate: (id: string) => void
  /** Id of the panel that the tabs switch. */
  panelId?: string
  /** Controls at the end of the row, outside the list of tabs. */
  children?: ReactNode
}

/** A row of tabs, underlined; arrows move between them. */
export function Tabs({ label, tabs, activeId, onActivate, panelId, children }: TabsProps) {
  const list = useRef<HTMLDivElement>(null)
  const move = (by: number): void => {
    const index = tabs.findIndex(tab => tab.id === activeId)
    const next = tabs[(index + by + tabs.length) % tabs.length]
    if (!next) return
    onActivate(next.id)
    list.current?.querySelector<HTMLElement>(`[data-tab="${CSS.escape(next.id)}"]`)?.focus()
  }
  return (
    <div className="flex h-9 shrink-0 items-stretch gap-1 pr-2 pl-2">
      <div ref={list} role="tablist" aria-label={label} className="flex min-w-0 shrink-0 items-stretch gap-1">
        {tabs.map(tab => (
          <button
            key={tab.id}
            type="button"
            role="tab"
            data-tab={tab.id}
            aria-selected={tab.id === activeId}
            aria-controls={tab.id === activeId ? panelId : undefined}
            tabIndex={tab.id === activeId ? 0 : -1}
            onClick={() => onActivate(tab.id)}
            onKeyDown={event => {
              if (event.key === 'ArrowRight') move(1)
              else if (event.key === 'ArrowLeft') move(-1)
              else return
              event.preventDefault()
            }}
            className={classNames('focus-inset relative truncate px-2 text-13', tab.id === activeId ? 'text-text' : 'text-muted hover:text-text')}
          >
            {tab.title}
            {tab.id === activeId && <span className="absolute inset-x-0 bottom-0 h-0.5 bg-text" />}
          </button>
        ))}
      </div>
      <div className="flex min-w-0 flex-1 items-center justify-end gap-1 overflow-x-clip">{children}</div>
    </div>
  )
}
