import { useRef, type DragEvent } from 'react'
import { isInside, parentOf } from '#shared/relative-path.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { moveInto, targets } from './explorer-actions.ts'
import { useExplorer } from './explorer-store.ts'
import { expand } from './load-folders.ts'
import type { Row } from './visible-rows.ts'

const openAfterMilliseconds = 600

function setTarget(dropTarget: string | null): void {
  if (useExplorer.getState().dropTarget !== dropTarget) useExplorer.setState({ dropTarget })
}

/** Moving entries by dragging them onto a folder, or onto the free space for the workspace itself. */
export function useDrag() {
  const dragged = useRef<readonly string[]>([])
  const opening = useRef<{ path: string; timer: ReturnType<typeof setTimeout> } | null>(null)

  const stopOpening = (): void => {
    if (opening.current) clearTimeout(opening.current.timer)
    opening.current = null
  }
  const end = (): void => {
    dragged.current = []
    stopOpening()
    setTarget(null)
  }
  const accept = (event: DragEvent, folder: string): void => {
    const canGo = dragged.current.length > 0 && dragged.current.some(path => parentOf(path) !== folder && !isInside(folder, path))
    event.stopPropagation()
    setTarget(canGo ? folder : null)
    if (!canGo) return
    event.preventDefault()
    event.dataTransfer.dropEffect = 'move'
  }
  return {
    onDragStart(event: DragEvent, row: Row): void {
      if (row.kind !== 'entry') return
      dragged.current = targets(row.entry.path)
      event.dataTransfer.effectAllowed = 'move'
      event.dataTransfer.setData('text/plain', dragged.current.join('\n'))
    },
    onDragOver(event: DragEvent, row: Row): void {
      if (row.kind !== 'entry') return
      const { path, kind } = row.entry
      accept(event, kind === 'folder' ? path : row.folder)
      if (kind !== 'folder' || opening.current?.path === path) return
      stopOpening()
      opening.current = { path, timer: setTimeout(() => void expand(path), openAfterMilliseconds) }
    },
    treeEvents: {
      onDragOver: (event: DragEvent) => accept(event, ''),
      onDragEnd: end,
      onDragLeave: (event: DragEvent) => {
        if (!(event.relatedTarget instanceof Node) || !event.currentTarget.contains(event.relatedTarget)) setTarget(null)
      },
      onDrop: (event: DragEvent) => {
        event.preventDefault()
        const folder = useExplorer.getState().dropTarget
        const paths = dragged.current
        end()
        if (folder !== null) moveInto(paths, folder).catch(reportFailure)
      },
    },
  }
}
