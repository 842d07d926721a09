import type { IDockviewPanelProps } from 'dockview-react'
import { useEffect, useState } from 'react'
import { useFeatureList } from './feature-list.ts'
import { usePages } from './pages.ts'
import { ViewBoundary } from './view-boundary.tsx'

/** Draws the page of a dock panel through its kind. */
export function EditorPage({ api }: IDockviewPanelProps) {
  const page = usePages(state => state.pages.find(other => other.id === api.id))
  const isFront = usePages(state => state.activeId === api.id)
  const kind = useFeatureList(state => (page ? state.pageKinds.get(page.kind) : undefined))
  const [isVisible, setIsVisible] = useState(api.isVisible)
  useEffect(() => {
    const subscription = api.onDidVisibilityChange(event => setIsVisible(event.isVisible))
    return () => subscription.dispose()
  }, [api])
  if (!page || !kind) return null
  const View = kind.component
  return (
    <ViewBoundary key={page.id}>
      <View page={page} isActive={isFront && isVisible} />
    </ViewBoundary>
  )
}
