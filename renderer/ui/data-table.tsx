import { useVirtualizer } from '@tanstack/react-virtual'
import { useRef, type ReactNode, type RefObject } from 'react'
import { classNames } from './class-names.ts'
import { toneClass, type Tone } from './tone.tsx'
import { useOverflow } from './use-overflow.ts'

export interface Column<Row> {
  id: string
  title: string
  /** What stands in the cell; the first column names the row. */
  cell: (row: Row) => ReactNode
  tone?: Tone | ((row: Row) => Tone)
  isMonospaced?: boolean
  /** Figures stand at the right. */
  isNumeric?: boolean
  /** May break into lines; all others stay on one. */
  wraps?: boolean
  /** The title is for screen readers only: over buttons. */
  isTitleHidden?: boolean
  /** On its header and its cells, such as to leave it out where there is little room. */
  className?: string
}

export interface DataTableProps<Row> {
  /** Said to screen readers. */
  label: string
  columns: readonly Column<Row>[]
  rows: readonly Row[]
  rowKey: (row: Row) => string
  /** One sentence where there are no rows. */
  emptyText: string
  /** Tallest it grows before it scrolls, in pixels. */
  maxHeight?: number
  /** Takes what height is left in the flex column around it, and scrolls in that. */
  isFilling?: boolean
}

/** So many rows in a table of a bounded height, and only those in view are drawn. */
const manyRows = 120
const rowHeight = 29

/** Rows under headers. It reaches a little past its text at both sides, where rings of what has focus would be cut. Where it is wider or taller than its place it scrolls, by keyboard too. */
export function DataTable<Row>({ label, columns, rows, rowKey, emptyText, maxHeight, isFilling }: DataTableProps<Row>) {
  const scroller = useRef<HTMLDivElement>(null)
  const isOver = useOverflow(scroller)
  if (rows.length === 0) return <p className="text-12 text-muted">{emptyText}</p>
  return (
    <div
      ref={scroller}
      tabIndex={isOver ? 0 : -1}
      {...(isOver ? { role: 'region', 'aria-label': `${label}, scrolls` } : {})}
      style={maxHeight === undefined ? undefined : { maxHeight }}
      className={classNames('scroll-shown focus-inset -mx-1 overflow-auto rounded-small', isFilling && 'min-h-40 flex-1')}
    >
      <table aria-label={label} {...(maxHeight !== undefined && rows.length > manyRows ? { 'aria-rowcount': rows.length + 1 } : {})} className="w-full border-separate border-spacing-0 text-12">
        <thead>
          <tr>
            {columns.map(column => (
              <th key={column.id} scope="col" className={classNames('sticky top-0 z-1 bg-surface-2 in-[aside]:bg-surface-1 in-data-modal:bg-overlay border-b border-line pr-3 pb-1.5 font-normal whitespace-nowrap text-faint first:pl-1 last:pr-1', column.isNumeric ? 'text-right' : 'text-left', column.className)}>
                {column.isTitleHidden ? <span className="sr-only">{column.title}</span> : column.title}
              </th>
            ))}
          </tr>
        </thead>
        {maxHeight !== undefined && rows.length > manyRows ? (
          <WindowedRows columns={columns} rows={rows} rowKey={rowKey} scroller={scroller} />
        ) : (
          <tbody>
            {rows.map(row => (
              <Row key={rowKey(row)} columns={columns} row={row} />
            ))}
          </tbody>
        )}
      </table>
    </div>
  )
}

function WindowedRows<R>({ columns, rows, rowKey, scroller }: Pick<DataTableProps<R>, 'columns' | 'rows' | 'rowKey'> & { scroller: RefObject<HTMLDivElement | null> }) {
  const window = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => rowHeight, overscan: 20 })
  const drawn = window.getVirtualItems()
  const before = drawn[0]?.start ?? 0
  const after = window.getTotalSize() - (drawn.at(-1)?.end ?? 0)
  return (
    <tbody>
      {before > 0 && <tr aria-hidden style={{ height: before }} />}
      {drawn.map(({ index }) => {
        const row = rows[index]
        return row && <Row key={rowKey(row)} columns={columns} row={row} index={index + 2} />
      })}
      {after > 0 && <tr aria-hidden style={{ height: after }} />}
    </tbody>
  )
}

/** `index` counts the header as 1; said where not all rows are drawn. */
function Row<R>({ columns, row, index }: { columns: readonly Column<R>[]; row: R; index?: number }) {
  return (
    <tr {...(index === undefined ? {} : { 'aria-rowindex': index })}>
      {columns.map((column, place) => {
        const tone = typeof column.tone === 'function' ? column.tone(row) : (column.tone ?? (place === 0 ? 'plain' : 'muted'))
        const look = classNames(
          'border-t border-line in-[tr:first-child]:border-t-0 py-1.5 pr-3 font-normal first:pl-1 last:pr-1',
          column.isNumeric ? 'tabular text-right' : 'text-left',
          column.wraps ? 'min-w-24 [overflow-wrap:anywhere]' : 'whitespace-nowrap',
          column.isMonospaced && 'font-mono',
          toneClass[tone],
          column.className,
        )
        return place === 0 ? (
          <th key={column.id} scope="row" className={look}>
            {column.cell(row)}
          </th>
        ) : (
          <td key={column.id} className={look}>
            {column.cell(row)}
          </td>
        )
      })}
    </tr>
  )
}
