import { Columns2, Pencil, Plus, SquareTerminal, Trash2, X } from 'lucide-react'
import { useRef } from 'react'
import type { Terminal } from '#shared/contract/terminals.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { classNames } from '../../ui/class-names.ts'
import { ContextMenu } from '../../ui/context-menu.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { askName } from './ask-name.ts'
import { requestFocus } from './focus-request.ts'
import { groupOf } from './terminal-groups.ts'
import { closeTerminal, sessionOf, showTerminal, startTerminal, useTerminals } from './terminals-store.ts'

/** At the right of the panel's tabs: every terminal, a new one, a split. */
export function TerminalTabs() {
  const { workspaceId, terminals, groups, activeId } = useTerminals()
  const list = useRef<HTMLDivElement>(null)
  if (workspaceId === null) return null
  const ordered = groups.flat().flatMap(id => terminals?.filter(terminal => terminal.id === id) ?? [])
  const group = groupOf(groups, activeId)

  function move(by: number): void {
    const next = ordered[(ordered.findIndex(terminal => terminal.id === activeId) + by + ordered.length) % ordered.length]
    if (!next) return
    showTerminal(next.id)
    list.current?.querySelector<HTMLElement>(`[data-terminal-tab="${CSS.escape(next.id)}"]`)?.focus()
  }

  return (
    <>
      <div
        ref={list}
        role="tablist"
        aria-label="Terminals"
        className="flex min-w-0 items-center gap-1 overflow-x-auto px-1 py-1.5 [scrollbar-width:none]"
        onKeyDown={event => {
          if (event.key === 'ArrowRight') move(1)
          else if (event.key === 'ArrowLeft') move(-1)
          else if (event.key === 'Delete' && activeId !== null) close(activeId)
          else if (event.key === 'F2' && activeId !== null) askName(activeId)
          else return
          event.preventDefault()
          event.stopPropagation()
        }}
      >
        {ordered.map((terminal, index) => (
          <Tab key={terminal.id} terminal={terminal} name={tabName(ordered, index)} isActive={terminal.id === activeId} isInGroup={group.includes(terminal.id)} />
        ))}
      </div>
      <IconButton
        icon={Plus}
        label="New terminal"
        keys="Ctrl+Shift+`"
        onClick={() => {
          requestFocus()
          void startTerminal()
        }}
      />
      <IconButton icon={Columns2} label="Split terminal" keys="Ctrl+Shift+5" disabled={activeId === null} onClick={() => split(activeId)} />
      <IconButton icon={Trash2} label="Close terminal" disabled={activeId === null} onClick={() => activeId !== null && close(activeId)} />
    </>
  )
}

/** Shells of one name are told apart by their place in the row, from the second on. */
function tabName(ordered: readonly Terminal[], index: number): string {
  const title = ordered[index]?.title ?? ''
  return ordered.findIndex(other => other.title === title) < index ? `${title} ${index + 1}` : title
}

function Tab({ terminal, name, isActive, isInGroup }: { terminal: Terminal; name: string; isActive: boolean; isInGroup: boolean }) {
  const { id, exit, cwd } = terminal
  return (
    <ContextMenu
      entries={[
        { id: 'rename', label: 'Rename', icon: Pencil, keys: 'F2', run: () => askName(id) },
        { id: 'split', label: 'Split', icon: Columns2, run: () => split(id) },
        { id: 'close', label: 'Close', icon: X, keys: 'Delete', run: () => close(id) },
      ]}
    >
      <button
        type="button"
        role="tab"
        data-terminal-tab={id}
        aria-selected={isActive}
        tabIndex={isActive ? 0 : -1}
        title={exit ? `${name}: ended` : `${name}, ${cwd}`}
        onClick={() => {
          requestFocus(id)
          showTerminal(id)
          sessionOf(id)?.terminal.focus()
        }}
        onDoubleClick={() => askName(id)}
        className={classNames(
          'focus-inset flex h-6 max-w-40 min-w-0 shrink-0 items-center gap-1.5 rounded-[5px] px-2 text-12',
          isActive ? 'bg-selected text-text' : isInGroup ? 'bg-hover text-text' : 'text-muted hover:bg-hover hover:text-text',
        )}
      >
        <Icon icon={SquareTerminal} size={13} className={exit ? 'text-faint' : ''} />
        <span className={classNames('truncate', exit && 'line-through')}>{name}</span>
      </button>
    </ContextMenu>
  )
}

function split(beside: string | null): void {
  requestFocus()
  void startTerminal(beside === null ? {} : { beside })
}

function close(id: string): void {
  closeTerminal(id).catch(reportFailure)
}
