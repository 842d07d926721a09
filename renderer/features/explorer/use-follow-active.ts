import { useEffect } from 'react'
import { foldersAbove } from '#shared/relative-path.ts'
import { usePages } from '../../shell/pages.ts'
import { focusRow, useExplorer } from './explorer-store.ts'
import { expand } from './load-folders.ts'

/** The tree shows the file in front: its folders open and its row is selected. */
export function useFollowActive(): void {
  const activeId = usePages(state => state.activeId)
  useEffect(() => {
    if (!activeId?.startsWith('file:') || activeId.startsWith('file:untitled:')) return
    const path = activeId.slice('file:'.length)
    if (useExplorer.getState().focused === path) return
    void (async () => {
      for (const folder of foldersAbove(path)) await expand(folder)
      if (usePages.getState().activeId === activeId && useExplorer.getState().edit === null) focusRow(path)
    })()
  }, [activeId])
}
