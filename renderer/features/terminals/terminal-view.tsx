import { useEffect, useRef } from 'react'
import { runCommand } from '../../shell/commands.ts'
import { errorWords } from '../../shell/error-words.ts'
import { EmptyState, FailureState, LoadingState } from '../../ui/states.tsx'
import { groupOf } from './terminal-groups.ts'
import { TerminalPane } from './terminal-pane.tsx'
import { startTerminal, useTerminals } from './terminals-store.ts'

/** The terminals of the tab in front, side by side. */
export function TerminalView() {
  const { workspaceId, terminals, groups, activeId, failure, isStarting } = useTerminals()
  const hasAsked = useRef(false)
  const isEmpty = terminals?.length === 0

  // Whoever opens the panel wants a shell; once the last was closed, it is asked for.
  useEffect(() => {
    if (terminals === null || hasAsked.current) return
    hasAsked.current = true
    if (isEmpty && !useTerminals.getState().isStarting) void startTerminal()
  }, [terminals, isEmpty])

  if (workspaceId === null) return <EmptyState text="A terminal opens in a folder." action={{ label: 'Open folder', run: () => void runCommand('workspaces.open') }} />
  if (terminals === null) return <LoadingState text="Looking for terminals" />
  if (failure !== null && isEmpty) {
    const { what, why, next } = errorWords(failure)
    return <FailureState title={what} reason={why} advice={next} action={{ label: 'Try again', run: () => void startTerminal() }} />
  }
  if (isEmpty) return isStarting ? <LoadingState text="Starting the shell" /> : <EmptyState text="No terminal is open." action={{ label: 'New terminal', run: () => void startTerminal() }} />
  const group = groupOf(groups, activeId)
  return (
    <div data-key-scope="terminal" className="flex min-h-0 min-w-0 flex-1 divide-x divide-line">
      {group.map(id => {
        const terminal = terminals.find(one => one.id === id)
        return terminal && <TerminalPane key={id} workspaceId={workspaceId} terminal={terminal} isActive={id === activeId} />
      })}
    </div>
  )
}
