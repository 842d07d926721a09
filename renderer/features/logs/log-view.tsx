import { Copy, ListFilter } from 'lucide-react'
import { useMemo, useRef, type RefObject } from 'react'
import type { LogLevel } from '#shared/contract/logs.ts'
import type { PageProps } from '../../shell/feature.ts'
import { notify } from '../../shell/notices.ts'
import { usePageFocus } from '../../shell/page-focus.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { Field } from '../../ui/field.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { Select } from '../../ui/select.tsx'
import { EmptyState } from '../../ui/states.tsx'
import { LogList } from './log-list.tsx'
import { filterLines, lineText } from './log-text.ts'
import { useLogs } from './logs-store.ts'

const levels: readonly { value: LogLevel; label: string }[] = [
  { value: 'debug', label: 'Debug and above' },
  { value: 'info', label: 'Info and above' },
  { value: 'warn', label: 'Warnings and errors' },
  { value: 'error', label: 'Errors' },
]

function useShownLines() {
  const { lines, level, query } = useLogs()
  return useMemo(() => filterLines(lines, level, query), [lines, level, query])
}

/** Filter, level and copy: in the panel's tab row, and over the page. */
export function LogActions() {
  const { level, query } = useLogs()
  const lines = useShownLines()
  const copy = (): void => {
    navigator.clipboard.writeText(lines.map(lineText).join('\n')).then(() => notify({ tone: 'info', text: `${lines.length.toLocaleString('en')} log lines copied.` }), reportFailure)
  }
  return (
    <>
      <Field label="Filter the log" isLabelHidden placeholder="Filter" icon={ListFilter} value={query} onChange={event => useLogs.setState({ query: event.target.value })} className="w-48 min-w-0" />
      <Select label="Level" isLabelHidden value={level} options={levels} onChange={next => useLogs.setState({ level: next })} className="w-44 min-w-0" />
      <IconButton icon={Copy} label="Copy the lines shown" disabled={lines.length === 0} onClick={copy} />
    </>
  )
}

function ShownLines({ label, scroller }: { label: string; scroller: RefObject<HTMLDivElement | null> }) {
  const hasAny = useLogs(state => state.lines.length > 0)
  const lines = useShownLines()
  if (lines.length > 0) return <LogList lines={lines} label={label} scroller={scroller} />
  return hasAny ? (
    <EmptyState text="No line of the log matches." action={{ label: 'Show all lines', run: () => useLogs.setState({ query: '', level: 'debug' }) }} />
  ) : (
    <EmptyState text="Nothing has been logged since the host started." />
  )
}

/** The log below. */
export function LogLines() {
  return <ShownLines label="Log lines in the panel" scroller={useRef<HTMLDivElement>(null)} />
}

/** The log as a tab. */
export function LogPage({ page, isActive }: PageProps) {
  const scroller = useRef<HTMLDivElement>(null)
  usePageFocus(page.id, isActive, scroller)
  const file = useLogs(state => state.file)
  return (
    <div className="flex h-full min-h-0 flex-col">
      <header className="flex shrink-0 flex-wrap items-center gap-2 px-4 py-2">
        <p className="min-w-0 flex-1 truncate text-12 text-muted" title={file ?? undefined}>
          {file}
        </p>
        <LogActions />
      </header>
      <ShownLines label="Log lines" scroller={scroller} />
    </div>
  )
}
