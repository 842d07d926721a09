import { ChevronDown, ChevronRight, Lock } from 'lucide-react'
import type { DragEvent, MouseEvent } from 'react'
import { shownName } from '#shared/relative-path.ts'
import { classNames } from '../../ui/class-names.ts'
import { Icon } from '../../ui/icon.tsx'
import { fileIcon } from './file-icon.ts'
import { NameField } from './name-field.tsx'
import type { Row } from './visible-rows.ts'

export interface RowState {
  id: string
  isFocused: boolean
  isSelected: boolean
  isCut: boolean
  isDirty: boolean
  isOpen: boolean
  /** The rule that keeps every model from reading it. */
  secretBy: string | null
  isTreeFocused: boolean
}

export interface RowEvents {
  onClick: (event: MouseEvent, row: Row) => void
  onDoubleClick: (row: Row) => void
  onDragStart: (event: DragEvent, row: Row) => void
  onDragOver: (event: DragEvent, row: Row) => void
}

const indent = 16

/** One row: a chevron or an icon, the name, a mark for unsaved text. */
export function TreeRow({ row, state, events, top, height }: { row: Row; state: RowState; events: RowEvents; top: number; height: number }) {
  const place = { transform: `translateY(${top}px)`, height, paddingLeft: 8 + row.depth * indent }
  const frame = 'absolute inset-x-2 top-0 flex items-center gap-1.5 rounded-[5px] pr-2 text-13 whitespace-nowrap'
  if (row.kind === 'message')
    return (
      <div style={place} className={classNames(frame, 'text-12', row.isFailure ? 'text-error' : 'text-faint')} onClick={event => events.onClick(event, row)}>
        <span className="truncate pl-5.5">{row.text}</span>
      </div>
    )
  if (row.kind === 'name')
    return (
      <div style={place} className={classNames(frame, 'z-10')}>
        <Glyph isFolder={row.edit.kind === 'create' ? row.edit.entryKind === 'folder' : row.entry?.kind === 'folder'} isExpanded={false} row={row} />
        <NameField edit={row.edit} />
      </div>
    )
  const { entry } = row
  const name = shownName(entry.name)
  return (
    <div
      id={state.id}
      role="treeitem"
      aria-level={row.depth + 1}
      aria-posinset={row.position}
      aria-setsize={row.count}
      aria-selected={state.isSelected}
      aria-current={state.isOpen ? 'page' : undefined}
      {...(entry.kind === 'folder' ? { 'aria-expanded': row.isExpanded } : {})}
      aria-label={`${name}${state.isDirty ? ', not saved' : ''}${entry.isLink ? ', link' : ''}${state.secretBy === null ? '' : ', secret'}`}
      title={state.secretBy === null ? shownName(entry.path) : `${shownName(entry.path)}: secret by ${state.secretBy}, never read by AI`}
      draggable
      style={place}
      onClick={event => events.onClick(event, row)}
      onDoubleClick={() => events.onDoubleClick(row)}
      onDragStart={event => events.onDragStart(event, row)}
      onDragOver={event => events.onDragOver(event, row)}
      className={classNames(
        frame,
        state.isSelected ? 'bg-selected' : 'hover:bg-hover',
        state.isFocused && state.isTreeFocused && 'outline-2 -outline-offset-2 outline-accent',
        (entry.name.startsWith('.') || state.isCut) && 'text-muted',
        state.isCut && 'opacity-60',
      )}
    >
      <Glyph isFolder={entry.kind === 'folder'} isExpanded={row.isExpanded} row={row} />
      <span className="min-w-0 flex-1 truncate">{name}</span>
      {state.secretBy !== null && <Icon icon={Lock} size={12} className="text-faint" />}
      {state.isDirty && <span aria-hidden="true" className="size-1.5 shrink-0 rounded-small bg-warn" />}
    </div>
  )
}

function Glyph({ isFolder, isExpanded, row }: { isFolder: boolean | undefined; isExpanded: boolean; row: Row }) {
  if (isFolder) return <Icon icon={isExpanded ? ChevronDown : ChevronRight} size={14} className="text-muted" />
  const entry = row.kind === 'entry' ? row.entry : row.kind === 'name' ? row.entry : null
  return <Icon icon={fileIcon(entry ?? { name: '', kind: 'file', isLink: false })} size={14} className="text-muted" />
}
