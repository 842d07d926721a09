import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useId, type KeyboardEvent, type RefObject } from 'react'
import type { AuditEntry } from '#shared/contract/audit.ts'
import { classNames } from '../../ui/class-names.ts'
import { kindText, timeText } from './audit-entry-words.ts'
import { showMore, useAudit } from './audit-store.ts'

const rowHeight = 26
/** So many rows before the end, the next page is fetched. */
const nearEnd = 30

const tones: Record<string, string> = { refused: 'text-warn', failed: 'text-error' }
const columns = 'grid grid-cols-[8.75rem_8.5rem_5.5rem_4rem_minmax(0,1fr)] gap-x-3 px-4 text-12 @max-[640px]:grid-cols-[9.5rem_minmax(0,1fr)_4.5rem]'
const inWide = '@max-[640px]:hidden'

/** The entries, newest first; only the rows in view are drawn. Arrow keys choose one. */
export function AuditList({ entries, hasMore, scroller }: { entries: readonly AuditEntry[]; hasMore: boolean; scroller: RefObject<HTMLDivElement | null> }) {
  const id = useId()
  const selected = useAudit(store => store.selected)
  const index = entries.findIndex(entry => entry.sequence === selected)
  const rows = useVirtualizer({ count: entries.length, getScrollElement: () => scroller.current, estimateSize: () => rowHeight, overscan: 16 })
  const drawn = rows.getVirtualItems()
  const last = drawn.at(-1)?.index ?? 0
  useEffect(() => {
    if (hasMore && last > entries.length - nearEnd) void showMore()
  }, [hasMore, last, entries.length])
  const choose = (next: number): void => {
    const entry = entries[Math.max(0, Math.min(entries.length - 1, next))]
    if (!entry) return
    useAudit.setState({ selected: entry.sequence })
    rows.scrollToIndex(entries.indexOf(entry), { align: 'auto' })
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 1)
    const next: Record<string, number> = { ArrowDown: index + 1, ArrowUp: index - 1, PageDown: index + page, PageUp: index - page, Home: 0, End: entries.length - 1 }
    const to = next[event.key]
    if (to === undefined) return
    event.preventDefault()
    choose(to)
  }
  return (
    <div className="@container flex min-h-0 min-w-0 flex-1 flex-col">
      <div aria-hidden className={classNames(columns, 'shrink-0 border-b border-line py-1 text-faint')}>
        <span>Time</span>
        <span>What</span>
        <span className={inWide}>Who</span>
        <span>Outcome</span>
        <span className={inWide}>Subject</span>
      </div>
      <div
        ref={scroller}
        role="listbox"
        aria-label="Entries of the audit log, newest first"
        tabIndex={0}
        aria-activedescendant={index < 0 ? undefined : `${id}-${entries[index]?.sequence}`}
        className="focus-inset scroll-shown min-h-0 flex-1 overflow-y-auto"
        onKeyDown={onKeyDown}
      >
        <div role="presentation" style={{ height: rows.getTotalSize() }} className="relative">
          {drawn.map(row => {
            const entry = entries[row.index]
            if (!entry) return null
            const isSelected = entry.sequence === selected
            return (
              <div
                key={entry.sequence}
                id={`${id}-${entry.sequence}`}
                role="option"
                aria-selected={isSelected}
                aria-posinset={row.index + 1}
                aria-setsize={hasMore ? -1 : entries.length}
                className={classNames(columns, 'tabular absolute inset-x-0 top-0 cursor-default items-center whitespace-nowrap', isSelected ? 'bg-selected' : 'hover:bg-hover')}
                style={{ height: rowHeight, transform: `translateY(${row.start}px)` }}
                onClick={() => choose(row.index)}
              >
                <span className="text-faint">{timeText(entry.at)}</span>
                <span className="truncate">{kindText(entry.kind)}</span>
                <span className={classNames('truncate text-muted', inWide)}>{entry.actor}</span>
                <span className={tones[entry.outcome] ?? 'text-muted'}>{entry.outcome}</span>
                <span className={classNames('truncate text-muted', inWide)} title={entry.subject ?? undefined}>
                  {entry.subject}
                </span>
              </div>
            )
          })}
        </div>
      </div>
    </div>
  )
}
