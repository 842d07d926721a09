import { useVirtualizer } from '@tanstack/react-virtual'
import { useId, useRef } from 'react'
import type { LedgerEntry } from '#shared/contract/ledger.ts'
import { classNames } from '../../ui/class-names.ts'
import { targetText, timeText, whoText } from './ledger-words.ts'

const rowHeight = 29
const mostRows = 12
const columns = 'grid grid-cols-[76px_minmax(64px,80px)_minmax(88px,1fr)_minmax(130px,1.8fr)_52px_minmax(116px,1.6fr)] items-center gap-x-3 min-w-[636px] px-2'

interface LedgerListProps {
  entries: readonly LedgerEntry[]
  /** The sequence of the chosen entry, whose details are shown. */
  chosen: number | null
  onChoose: (sequence: number) => void
}

/** Entries under headings, newest first. Only those in view are drawn; arrows, Home and End choose one. */
export function LedgerList({ entries, chosen, onChoose }: LedgerListProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const id = useId()
  const rows = useVirtualizer({ count: entries.length, getScrollElement: () => scroller.current, estimateSize: () => rowHeight, overscan: 8 })
  const now = new Date()
  const index = entries.findIndex(entry => entry.sequence === chosen)
  const move = (key: string): number | null => {
    const last = entries.length - 1
    const targets: Record<string, number> = { ArrowDown: Math.min(last, index + 1), ArrowUp: Math.max(0, index - 1), PageDown: Math.min(last, index + mostRows), PageUp: Math.max(0, index - mostRows), Home: 0, End: last }
    return targets[key] ?? null
  }
  return (
    <div className="-mx-2 overflow-x-auto">
      <div aria-hidden className={classNames(columns, 'pb-1.5 text-12 text-faint')}>
        <span>Time</span>
        <span>Who</span>
        <span>Wanted</span>
        <span>Host or file</span>
        <span>Decision</span>
        <span>Rule</span>
      </div>
      <div
        ref={scroller}
        role="listbox"
        aria-label="Ledger"
        tabIndex={0}
        aria-activedescendant={index < 0 ? undefined : `${id}-${chosen}`}
        style={{ height: Math.min(entries.length, mostRows) * rowHeight + 1 }}
        className="scroll-shown focus-inset min-w-[636px] overflow-y-auto text-12"
        onKeyDown={event => {
          const next = move(event.key)
          const entry = next === null ? undefined : entries[next]
          if (next === null || !entry) return
          event.preventDefault()
          rows.scrollToIndex(next)
          onChoose(entry.sequence)
        }}
      >
        <div style={{ height: rows.getTotalSize() }} className="relative">
          {rows.getVirtualItems().map(row => {
            const entry = entries[row.index]
            if (!entry) return null
            const isChosen = entry.sequence === chosen
            return (
              <div
                key={entry.sequence}
                id={`${id}-${entry.sequence}`}
                role="option"
                aria-selected={isChosen}
                aria-setsize={entries.length}
                aria-posinset={row.index + 1}
                onClick={() => onChoose(entry.sequence)}
                style={{ height: rowHeight, transform: `translateY(${row.start}px)` }}
                className={classNames(columns, 'absolute inset-x-0 top-0 cursor-default border-t border-line *:truncate', isChosen ? 'bg-selected' : 'hover:bg-hover')}
              >
                <span className="tabular text-muted">{timeText(entry.at, now)}</span>
                <span>{whoText(entry.who)}</span>
                <span className="text-muted" title={entry.why}>
                  {entry.why}
                </span>
                <span className="font-mono" title={targetText(entry)}>
                  {targetText(entry)}
                </span>
                <span className={entry.decision === 'allowed' ? 'text-warn' : 'text-muted'}>{entry.decision}</span>
                <span className="text-muted" title={entry.rule}>
                  {entry.rule}
                </span>
              </div>
            )
          })}
        </div>
      </div>
    </div>
  )
}
