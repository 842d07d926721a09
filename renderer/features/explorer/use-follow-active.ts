import { useEffect } from 'react'
import { foldersAbove, isInside, movedPath } from '#shared/relative-path.ts'
import { usePages } from '../../shell/pages.ts'
import { focusRow, useExplorer } from './explorer-store.ts'
import { expand } from './load-folders.ts'

const filePrefix = 'file:'
/** Where the file in front goes although its row was shown already. */
let left: string | null = null

/** Say so before a move whose row has the focus: the tree must not come back to it once the person has gone on. */
export function leaveMove(from: string, to: string): void {
  const { activeId } = usePages.getState()
  const path = activeId?.startsWith(filePrefix) ? activeId.slice(filePrefix.length) : null
  left = path !== null && isInside(path, from) ? movedPath(path, from, to) : null
}

/** The tree shows the file in front: its folders open and its row is selected. */
export function useFollowActive(): void {
  const activeId = usePages(state => state.activeId)
  useEffect(() => {
    if (!activeId?.startsWith(filePrefix) || activeId.startsWith('file:untitled:')) return
    const path = activeId.slice(filePrefix.length)
    const isLeft = path === left
    left = null
    if (isLeft || useExplorer.getState().focused === path) return
    void (async () => {
      for (const folder of foldersAbove(path)) await expand(folder)
      if (usePages.getState().activeId === activeId && useExplorer.getState().edit === null) focusRow(path)
    })()
  }, [activeId])
}
