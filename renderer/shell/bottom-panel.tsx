import { useShallow } from 'zustand/shallow'
import { X } from 'lucide-react'
import { IconButton } from '../ui/icon-button.tsx'
import { Splitter } from '../ui/splitter.tsx'
import { Tabs } from '../ui/tabs.tsx'
import { useFeatureList } from './feature-list.ts'
import { showBottomView, sizes, useLayout } from './layout.ts'
import { useSession } from './session.ts'
import { ViewBoundary } from './view-boundary.tsx'

const { standard, min } = sizes.bottom
/** Left to the editor, whatever the window's height. */
const editorMinimum = 120

export function BottomPanel({ available }: { available: number }) {
  const hasFolder = useSession(state => state.workspace !== null)
  const views = useFeatureList(state => state.bottomViews)
  const { isBottomOpen, bottomViewId, bottomHeight } = useLayout(useShallow(({ isBottomOpen, bottomViewId, bottomHeight }) => ({ isBottomOpen, bottomViewId, bottomHeight })))
  const view = views.find(other => other.id === bottomViewId) ?? views[0]
  if (!view || !isBottomOpen || !hasFolder) return null
  const max = Math.max(min, available - editorMinimum)
  const height = Math.min(bottomHeight, max)
  const View = view.component
  const Actions = view.actions
  const resize = (next: number): void => useLayout.setState({ bottomHeight: next })
  return (
    <>
      <Splitter label="Height of the panel" orientation="horizontal" pane="after" size={height} min={min} max={max} onResize={resize} onReset={() => resize(standard)} />
      <section aria-label="Panel" data-region="bottom" style={{ height }} className="flex min-h-0 shrink-0 flex-col bg-surface-2">
        <Tabs label="Panel" tabs={views} activeId={view.id} onActivate={showBottomView} panelId="bottom-view">
          {Actions && <Actions />}
          <IconButton icon={X} label="Close panel" keys="Ctrl+J" onClick={() => useLayout.setState({ isBottomOpen: false })} />
        </Tabs>
        <div id="bottom-view" role="tabpanel" aria-label={view.title} className="flex min-h-0 flex-1 flex-col">
          <ViewBoundary key={view.id}>
            <View />
          </ViewBoundary>
        </div>
      </section>
    </>
  )
}
