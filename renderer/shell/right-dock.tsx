import { useShallow } from 'zustand/shallow'
import { classNames } from '../ui/class-names.ts'
import { Splitter } from '../ui/splitter.tsx'
import { Tabs } from '../ui/tabs.tsx'
import { useFeatureList } from './feature-list.ts'
import { columnQuery, narrowQuery, sizes, useLayout } from './layout.ts'
import { PanelHead } from './panel-head.tsx'
import { useMedia } from './use-media.ts'
import { ViewBoundary } from './view-boundary.tsx'

const { standard, min, max } = sizes.right

/** Chat's place: a column at the right, or an overlay where the window is narrow. */
export function RightDock() {
  const views = useFeatureList(state => state.rightViews)
  const { isRightOpen, isRightOverlayOpen, rightViewId, width } = useLayout(
    useShallow(state => ({ isRightOpen: state.isRightOpen, isRightOverlayOpen: state.isRightOverlayOpen, rightViewId: state.rightViewId, width: state.rightWidth })),
  )
  const isOverlay = useMedia(narrowQuery)
  const isColumn = useMedia(columnQuery)
  const view = views.find(other => other.id === rightViewId) ?? views[0]
  if (!view || !(isOverlay ? isRightOverlayOpen : isRightOpen)) return null
  const View = view.component
  const close = (): void => useLayout.setState({ isRightOverlayOpen: false })
  const resize = (next: number): void => useLayout.setState({ rightWidth: next })
  return (
    <aside
      aria-label={view.title}
      data-region="right"
      className={classNames('flex min-h-0 min-w-0 shrink-0 bg-surface-1', isOverlay && 'absolute inset-y-0 right-0 z-30 max-w-full border-l border-line', isOverlay && (isColumn ? 'left-0' : 'shadow-overlay'))}
      onKeyDown={event => {
        if (isOverlay && event.key === 'Escape' && !event.defaultPrevented) close()
      }}
    >
      {!isOverlay && <Splitter label={`Width of ${view.title.toLowerCase()}`} orientation="vertical" pane="after" size={width} min={min} max={max} onResize={resize} onReset={() => resize(standard)} />}
      <div style={isColumn ? {} : { width }} className={classNames('flex min-h-0 min-w-0 flex-col', isColumn && 'flex-1')}>
        {views.length > 1 && <Tabs label="Views at the right" tabs={views} activeId={view.id} onActivate={id => useLayout.setState({ rightViewId: id })} />}
        <PanelHead title={view.title} actions={view.actions} onClose={isOverlay ? close : undefined} />
        <div className="flex min-h-0 flex-1 flex-col">
          <ViewBoundary key={view.id}>
            <View />
          </ViewBoundary>
        </div>
      </div>
    </aside>
  )
}
