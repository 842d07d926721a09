import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef, type RefObject } from 'react'
import type { LogLine } from '#shared/contract/logs.ts'
import { classNames } from '../../ui/class-names.ts'
import { detailsText, timeText } from './log-text.ts'

const tones = { debug: 'text-faint', info: 'text-muted', warn: 'text-warn', error: 'text-error' } as const
const rowHeight = 20
/** Nearer to the end than this, the view follows. */
const endSlack = 24

/** Only the rows in view are drawn. The view follows new lines while the person is at the end. */
export function LogList({ lines, label, scroller }: { lines: readonly LogLine[]; label: string; scroller: RefObject<HTMLDivElement | null> }) {
  const isAtEnd = useRef(true)
  const rows = useVirtualizer({ count: lines.length, getScrollElement: () => scroller.current, estimateSize: () => rowHeight, overscan: 12 })
  useEffect(() => {
    if (isAtEnd.current && lines.length > 0) rows.scrollToIndex(lines.length - 1, { align: 'end' })
  }, [lines, rows])
  return (
    <div
      ref={scroller}
      role="region"
      aria-label={label}
      tabIndex={0}
      className="focus-inset min-h-0 flex-1 overflow-auto px-4 font-mono text-12"
      onScroll={event => {
        const { scrollHeight, scrollTop, clientHeight } = event.currentTarget
        isAtEnd.current = scrollHeight - scrollTop - clientHeight < endSlack
      }}
    >
      <div style={{ height: rows.getTotalSize() }} className="relative">
        {rows.getVirtualItems().map(row => {
          const line = lines[row.index]
          return (
            line && (
              <div key={row.key} className="absolute inset-x-0 top-0 flex gap-3 leading-5 whitespace-nowrap" style={{ transform: `translateY(${row.start}px)` }}>
                <span className="tabular text-faint">{timeText(line.at)}</span>
                <span className={classNames('w-10 shrink-0', tones[line.level])}>{line.level}</span>
                <span className="w-20 shrink-0 truncate text-muted" title={line.scope}>
                  {line.scope}
                </span>
                <span className="pr-4">
                  {line.message} <span className="text-faint">{detailsText(line.details)}</span>
                </span>
              </div>
            )
          )
        })}
      </div>
    </div>
  )
}
