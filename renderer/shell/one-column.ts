import { columnQuery, useLayout } from './layout.ts'
import { usePages } from './pages.ts'

/** In one column a panel covers the editor: it makes way for the page that was opened from it. Answers how to stop. */
export function makeWayForPages(): () => void {
  return usePages.subscribe((state, before) => {
    if (state.calls === before.calls || state.activeId === null || !matchMedia(columnQuery).matches) return
    useLayout.setState(({ sideViewId, lastSideViewId }) => ({ isRightOverlayOpen: false, sideViewId: null, lastSideViewId: sideViewId ?? lastSideViewId }))
  })
}
