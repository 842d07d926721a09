import { useVirtualizer, defaultRangeExtractor } from '@tanstack/react-virtual'
import { FilePlus } from 'lucide-react'
import { useCallback, useEffect, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent } from 'react'
import { useShallow } from 'zustand/shallow'
import { ContextMenu } from '../../ui/context-menu.tsx'
import { EmptyState, LoadingState } from '../../ui/states.tsx'
import { ErrorState } from '../../shell/error-state.tsx'
import { runCommand } from '../../shell/commands.ts'
import { useFileLabels } from '../../shell/file-labels.ts'
import { usePages } from '../../shell/pages.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { useSession } from '../../shell/session.ts'
import { useSetting } from '../../shell/settings.ts'
import { openEntry, startCreate } from './explorer-actions.ts'
import { entryMenu } from './explorer-commands.ts'
import { focusRow, useExplorer } from './explorer-store.ts'
import { collapse, expand, loadFolder, toggle } from './load-folders.ts'
import { setTreeElement } from './tree-focus.ts'
import { between, treeKey, typeAhead, type EntryRow } from './tree-keys.ts'
import { TreeRow, type RowEvents } from './tree-row.tsx'
import { useDrag } from './use-drag.ts'
import { useFollowActive } from './use-follow-active.ts'
import { visibleRows, type Row } from './visible-rows.ts'

export function ExplorerView() {
  const workspace = useSession(state => state.workspace)
  const root = useExplorer(state => state.folders.get(''))
  const isCreating = useExplorer(state => state.edit?.kind === 'create' && state.edit.folder === '')
  if (!workspace) return <EmptyState text="Open a folder to see its files." action={{ label: 'Open folder', run: () => void runCommand('workspaces.open').catch(reportFailure) }} />
  if (!root) return <LoadingState text="Reading the folder" />
  if (root.failure !== null) return <ErrorState error={root.failure} action={{ label: 'Try again', run: () => void loadFolder('') }} />
  if (root.entries.length === 0 && !isCreating) return <EmptyState text="This folder is empty." action={{ label: 'New file', icon: FilePlus, run: () => void startCreate('file', '').catch(reportFailure) }} />
  return <Tree name={workspace.name} />
}

const rowId = (path: string): string => `explorer-${path}`

function Tree({ name }: { name: string }) {
  const scroller = useRef<HTMLDivElement>(null)
  const shown = useExplorer(useShallow(({ folders, expanded, edit }) => ({ folders, expanded, edit })))
  const { focused, selected, cut, revealCount, dropTarget } = useExplorer(useShallow(state => ({ focused: state.focused, selected: state.selected, cut: state.cut, revealCount: state.revealCount, dropTarget: state.dropTarget })))
  const [isTreeFocused, setTreeFocused] = useState(false)
  const [menuPath, setMenuPath] = useState<string | null>(null)
  const dirty = usePages(useShallow(state => state.pages.filter(page => page.kind === 'file' && page.isDirty).map(page => page.id.slice(5))))
  const activeId = usePages(state => state.activeId)
  const secret = useFileLabels(state => state.secret)
  const height = useSetting('appearance.compact') ? 24 : 28
  const rows = useMemo(() => visibleRows(shown), [shown])
  const entries = useMemo(() => rows.filter((row): row is EntryRow => row.kind === 'entry'), [rows])
  const focusedIndex = rows.findIndex(row => row.key === focused)
  const editIndex = rows.findIndex(row => row.kind === 'name')

  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 12,
    getItemKey: index => rows[index]?.key ?? index,
    // The focused row and the field stay drawn however far the tree is scrolled: screen readers and typing need them.
    rangeExtractor: range => [...new Set([...defaultRangeExtractor(range), focusedIndex, editIndex])].filter(index => index >= 0).sort((a, b) => a - b),
  })
  useEffect(() => virtual.measure(), [virtual, height])
  const wanted = useRef(-1)
  wanted.current = editIndex >= 0 ? editIndex : focusedIndex
  const isFocusedShown = focusedIndex >= 0
  useEffect(() => {
    if (wanted.current >= 0) virtual.scrollToIndex(wanted.current, { align: 'auto' })
    // Only a reveal or a field moves the tree; rows that come and go do not.
  }, [virtual, revealCount, editIndex, isFocusedShown])
  useFollowActive()
  const drag = useDrag()
  const typed = useRef({ text: '', at: 0 })

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target !== scroller.current || event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key === 'Escape' && cut.size > 0) return useExplorer.setState({ cut: new Set() })
    const action = treeKey(entries, focused, event, Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / height) - 1))
    if (action) {
      event.preventDefault()
      event.stopPropagation()
      if (action.do === 'focus') extendOrFocus(action.path, action.isExtending)
      else if (action.do === 'expand') void expand(action.path)
      else if (action.do === 'collapse') collapse(action.path)
      else if (action.do === 'toggle') toggle(action.path)
      else if (action.do === 'expand-level') for (const path of action.paths) void expand(path)
      else openEntry(action.path, { isPreview: !action.takesFocus, takesFocus: action.takesFocus })
      return
    }
    if (event.key.length !== 1 || event.key === ' ') return
    const now = event.timeStamp
    typed.current = { text: now - typed.current.at < 700 ? typed.current.text + event.key : event.key, at: now }
    const found = typeAhead(entries, focused, typed.current.text)
    if (found !== null) focusRow(found)
  }

  const extendOrFocus = (path: string, isExtending: boolean): void => {
    if (!isExtending || focused === null) return focusRow(path)
    useExplorer.setState(state => ({ focused: path, selected: new Set([...state.selected, ...between(entries, focused, path)]), revealCount: state.revealCount + 1 }))
  }

  const onClick = (event: MouseEvent, row: Row): void => {
    scroller.current?.focus({ preventScroll: true })
    if (row.kind === 'message' && row.isFailure) return void loadFolder(row.folder)
    if (row.kind !== 'entry') return
    const { path, kind } = row.entry
    if (event.shiftKey && focused !== null) return useExplorer.setState({ selected: new Set(between(entries, focused, path)) })
    if (event.ctrlKey || event.metaKey)
      return useExplorer.setState(state => {
        const next = new Set(state.selected)
        if (!next.delete(path)) next.add(path)
        return { focused: path, selected: next }
      })
    focusRow(path, { isRevealed: false })
    if (kind === 'folder') toggle(path)
    else if (kind === 'file') openEntry(path, { isPreview: true, takesFocus: false })
  }

  const events: RowEvents = {
    onClick,
    onDoubleClick: row => row.kind === 'entry' && row.entry.kind === 'file' && openEntry(row.entry.path, { isPreview: false, takesFocus: true }),
    onDragStart: drag.onDragStart,
    onDragOver: drag.onDragOver,
  }
  const stateOf = (row: Row) => {
    const path = row.key
    return { id: rowId(path), isFocused: focused === path, isSelected: selected.has(path), isCut: cut.has(path), isDirty: dirty.includes(path), isOpen: activeId === `file:${path}`, secretBy: secret.get(path)?.rule ?? null, isTreeFocused }
  }
  const setScroller = useCallback((element: HTMLDivElement | null) => {
    scroller.current = element
    setTreeElement(element)
  }, [])
  const menuEntry = entries.find(row => row.entry.path === menuPath)?.entry ?? null

  return (
    <ContextMenu entries={entryMenu(menuEntry)}>
      <div
        ref={setScroller}
        role="tree"
        tabIndex={0}
        aria-label={`Files of ${name}`}
        aria-multiselectable="true"
        aria-activedescendant={focusedIndex >= 0 ? rowId(focused ?? '') : undefined}
        data-key-scope={shown.edit ? 'explorer-name' : 'explorer'}
        onKeyDown={onKeyDown}
        onFocus={event => {
          setTreeFocused(event.target === event.currentTarget)
          if (event.target === event.currentTarget && focused === null && entries[0]) focusRow(entries[0].entry.path)
        }}
        onBlur={() => setTreeFocused(false)}
        onContextMenu={event => {
          const row = event.target instanceof Element ? event.target.closest('[role=treeitem]') : null
          // The menu key speaks of the focused row, the mouse of the one below it.
          setMenuPath(row ? row.id.slice(rowId('').length) : event.detail === 0 ? focused : null)
        }}
        {...drag.treeEvents}
        className={`focus-none h-full min-h-0 overflow-auto pt-0.5 pb-6 ${dropTarget === '' ? 'bg-hover' : ''}`}
      >
        <div role="none" style={{ height: virtual.getTotalSize() }} className="relative">
          {virtual.getVirtualItems().map(item => {
            const row = rows[item.index]
            return row && <TreeRow key={row.key} row={row} state={stateOf(row)} events={events} top={item.start} height={height} />
          })}
          <DropFrame rows={rows} target={dropTarget} height={height} />
        </div>
      </div>
    </ContextMenu>
  )
}

/** Shows where a drag would go: the folder's row and what stands in it. */
function DropFrame({ rows, target, height }: { rows: readonly Row[]; target: string | null; height: number }) {
  if (target === null || target === '') return null
  const first = rows.findIndex(row => row.key === target)
  if (first < 0) return null
  const depth = rows[first]?.depth ?? 0
  const after = rows.slice(first + 1).findIndex(row => row.depth <= depth)
  const count = after < 0 ? rows.length - first : after + 1
  return <div aria-hidden="true" className="pointer-events-none absolute inset-x-2 rounded-[5px] bg-accent-soft outline-1 -outline-offset-1 outline-accent" style={{ top: first * height, height: count * height }} />
}
