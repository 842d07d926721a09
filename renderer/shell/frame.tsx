import { useEffect, useRef, useState } from 'react'
import { BottomPanel } from './bottom-panel.tsx'
import { EditorArea } from './editor-area.tsx'
import { useFeatureList } from './feature-list.ts'
import { Rail } from './rail.tsx'
import { RightDock } from './right-dock.tsx'
import { useSession } from './session.ts'
import { SafeModeBar } from './safe-mode-bar.tsx'
import { SidePanel } from './side-panel.tsx'
import { StatusBar } from './status-bar.tsx'
import { TitleBar } from './title-bar.tsx'
import { ViewBoundary } from './view-boundary.tsx'

/** The window: title bar, rail, side panel, editor over bottom panel, right dock, status bar. */
export function Frame() {
  const workspace = useSession(state => state.workspace)
  const features = useFeatureList(state => state.features)
  return (
    <div className="relative grid h-full grid-cols-[minmax(0,1fr)] grid-rows-[40px_minmax(0,1fr)_24px]">
      <TitleBar />
      <div className="flex min-h-0 flex-col border-y border-line">
        <SafeModeBar />
        <div className="flex min-h-0 flex-1" key={workspace?.id ?? 'none'}>
          <div className="w-12 shrink-0 border-r border-line">
            <Rail />
          </div>
          <div className="relative flex min-h-0 min-w-0 flex-1">
            {workspace && <SidePanel />}
            <Centre />
            {workspace && <RightDock />}
          </div>
        </div>
      </div>
      <StatusBar />
      {features.map(({ id, background: Background }) => Background && (
        <ViewBoundary key={id}>
          <Background />
        </ViewBoundary>
      ))}
    </div>
  )
}

function Centre() {
  const element = useRef<HTMLElement>(null)
  const [height, setHeight] = useState(0)
  useEffect(() => {
    if (!element.current) return
    const observer = new ResizeObserver(([entry]) => setHeight(entry?.contentRect.height ?? 0))
    observer.observe(element.current)
    return () => observer.disconnect()
  }, [])
  return (
    <main ref={element} className="flex min-h-0 min-w-0 flex-1 flex-col bg-surface-2" data-region="editor">
      <div className="min-h-0 flex-1">
        <EditorArea />
      </div>
      <BottomPanel available={height} />
    </main>
  )
}
