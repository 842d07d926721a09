import { classNames } from '../ui/class-names.ts'
import { Splitter } from '../ui/splitter.tsx'
import { useFeatureList } from './feature-list.ts'
import { columnQuery, sizes, toggleSideView, useLayout } from './layout.ts'
import { PanelHead } from './panel-head.tsx'
import { useMedia } from './use-media.ts'
import { ViewBoundary } from './view-boundary.tsx'

const { standard, min, max } = sizes.side

export function SidePanel() {
  const viewId = useLayout(state => state.sideViewId)
  const view = useFeatureList(state => state.sideViews).find(other => other.id === viewId)
  const width = useLayout(state => (state.sideViewId === null ? standard : (state.sideWidths[state.sideViewId] ?? standard)))
  const isColumn = useMedia(columnQuery)
  if (!view) return null
  const View = view.component
  const resize = (next: number): void => useLayout.setState(state => ({ sideWidths: { ...state.sideWidths, [view.id]: next } }))
  return (
    <aside aria-label={view.title} data-region="side" className={classNames('flex min-h-0 min-w-0 shrink-0 bg-surface-1', isColumn && 'absolute inset-0 z-30')}>
      <div style={isColumn ? {} : { width }} className={classNames('flex min-h-0 min-w-0 flex-col', isColumn && 'flex-1')}>
        <PanelHead title={view.title} actions={view.actions} onClose={isColumn ? () => toggleSideView(view.id) : undefined} />
        <div className="flex min-h-0 flex-1 flex-col">
          <ViewBoundary key={view.id}>
            <View />
          </ViewBoundary>
        </div>
      </div>
      {!isColumn && <Splitter label={`Width of ${view.title.toLowerCase()}`} orientation="vertical" pane="before" size={width} min={min} max={max} onResize={resize} onReset={() => resize(standard)} />}
    </aside>
  )
}
