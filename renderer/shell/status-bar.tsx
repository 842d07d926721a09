import { useFeatureList } from './feature-list.ts'
import { ViewBoundary } from './view-boundary.tsx'

export function StatusBar() {
  const items = useFeatureList(state => state.statusItems)
  const side = (name: 'left' | 'right') =>
    items
      .filter(item => item.side === name)
      .map(({ id, component: Item }) => (
        <ViewBoundary key={id}>
          <Item />
        </ViewBoundary>
      ))
  return (
    <footer data-region="status" className="tabular flex min-w-0 items-center gap-4 px-4 text-11 whitespace-nowrap text-muted">
      <div className="flex min-w-0 flex-1 items-center gap-4 overflow-hidden">{side('left')}</div>
      <div className="flex min-w-0 items-center gap-4 overflow-hidden">{side('right')}</div>
    </footer>
  )
}
