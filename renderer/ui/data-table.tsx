import { useRef, type ReactNode } from 'react'
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
}

/** Rows under headers. Where it is wider or taller than its place it scrolls, by keyboard too. */
export function DataTable<Row>({ label, columns, rows, rowKey, emptyText, maxHeight }: DataTableProps<Row>) {
  const scroller = useRef<HTMLDivElement>(null)
  const isOver = useOverflow(scroller)
  if (rows.length === 0) return <p className="text-12 text-muted">{emptyText}</p>
  return (
    <div
      ref={scroller}
      tabIndex={isOver ? 0 : -1}
      {...(isOver ? { role: 'region', 'aria-label': `${label}, scrolls` } : {})}
      style={maxHeight === undefined ? undefined : { maxHeight }}
      className="scroll-shown focus-inset overflow-auto rounded-small"
    >
      <table aria-label={label} className="w-full border-collapse text-12">
        <thead>
          <tr>
            {columns.map(column => (
              <th key={column.id} scope="col" className={classNames('sticky top-0 bg-surface-2 in-data-modal:bg-overlay pr-3 pb-1.5 font-normal text-faint last:pr-0', column.isNumeric ? 'text-right' : 'text-left')}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(row => (
            <tr key={rowKey(row)}>
              {columns.map((column, index) => {
                const tone = typeof column.tone === 'function' ? column.tone(row) : (column.tone ?? (index === 0 ? 'plain' : 'muted'))
                const look = classNames(
                  'border-t border-line py-1.5 pr-3 font-normal last:pr-0',
                  column.isNumeric ? 'tabular text-right' : 'text-left',
                  column.wraps ? 'min-w-24 [overflow-wrap:anywhere]' : 'whitespace-nowrap',
                  column.isMonospaced && 'font-mono',
                  toneClass[tone],
                )
                return index === 0 ? (
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
          ))}
        </tbody>
      </table>
    </div>
  )
}
