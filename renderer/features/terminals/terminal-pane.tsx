import { useEffect, useRef, useState } from 'react'
import type { Terminal } from '#shared/contract/terminals.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { errorWords } from '../../shell/error-words.ts'
import { Button } from '../../ui/button.tsx'
import { takeFocusRequest } from './focus-request.ts'
import { TerminalSearch } from './terminal-search.tsx'
import type { TerminalSession } from './terminal-session.ts'
import { closeTerminal, openSession, showTerminal, startTerminal, useTerminals } from './terminals-store.ts'

interface Props {
  workspaceId: string
  terminal: Terminal
  isActive: boolean
}

/** One terminal's screen, and what became of its shell. */
export function TerminalPane({ workspaceId, terminal, isActive }: Props) {
  const frame = useRef<HTMLDivElement>(null)
  const [session, setSession] = useState<TerminalSession | null>(null)
  const broken = useTerminals(state => state.broken.get(terminal.id))
  const isSearching = useTerminals(state => state.isSearching)
  const { id, title, exit } = terminal
  // Two shells of one name are told apart by their place in the row.
  const place = useTerminals(state => state.groups.flat().indexOf(id) + 1)

  useEffect(() => {
    let isGone = false
    let opened: TerminalSession | null = null
    openSession(workspaceId, id).then(next => {
      if (isGone || !next || !frame.current) return
      opened = next
      next.attach(frame.current)
      setSession(next)
    }, reportFailure)
    return () => {
      isGone = true
      opened?.detach()
    }
  }, [workspaceId, id])

  useEffect(() => {
    session?.terminal.textarea?.setAttribute('aria-label', `Terminal ${place}, ${title}. F6 leaves it.`)
  }, [session, title, place])

  useEffect(() => {
    if (!session || !isActive) return
    const typed = takeFocusRequest(id)
    if (typed === null) return
    session.terminal.focus()
    if (typed !== '') session.terminal.input(typed)
  }, [session, isActive, id])

  return (
    <section
      aria-label={`Terminal ${place}, ${title}`}
      className="relative flex min-h-0 min-w-0 flex-1 basis-0 flex-col bg-surface-2"
      onFocusCapture={() => {
        if (!isActive) showTerminal(id)
      }}
    >
      {isSearching && isActive && session && <TerminalSearch session={session} />}
      <div ref={frame} className="relative min-h-0 flex-1 overflow-hidden" data-terminal={id} />
      {(exit || broken !== undefined) && (
        <div role="status" className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-t border-line px-4 py-1.5 text-12 text-muted">
          <span className="min-w-0 flex-1 break-words">{exit ? exitWords(terminal.shell, exit) : brokenWords(broken)}</span>
          <Button size="small" onClick={() => void startTerminal({ instead: id })}>
            Start again
          </Button>
          <Button size="small" variant="quiet" onClick={() => void closeTerminal(id).catch(reportFailure)}>
            Close
          </Button>
        </div>
      )}
    </section>
  )
}

function exitWords(shell: string, { code, signal }: NonNullable<Terminal['exit']>): string {
  const name = shell.slice(shell.lastIndexOf('/') + 1)
  return signal !== null ? `${name} was ended by ${signal}.` : `${name} ended with code ${code ?? 'unknown'}.`
}

function brokenWords(failure: unknown): string {
  const { what, why } = errorWords(failure)
  return `${what} ${why}`
}
