import 'dockview-react/dist/styles/dockview.css'
import './dock.css'
import { DockviewReact, type DockviewReadyEvent, type DockviewTheme } from 'dockview-react'
import { useEffect, useRef } from 'react'
import { setDockApi } from './dock-api.ts'
import { restoreDock, syncDock } from './dock-sync.ts'
import { EditorPage } from './editor-page.tsx'
import { EditorTab } from './editor-tab.tsx'
import { EmptyEditor } from './empty-editor.tsx'
import { useLayout } from './layout.ts'
import { handleTabKey } from './tab-keys.ts'

const theme: DockviewTheme = { name: 'cortex', className: 'cortex-dock', gap: 0, dndOverlayMounting: 'relative', dndPanelOverlay: 'content', dndTabIndicator: 'line', tabGroupIndicator: 'none' }
const components = { page: EditorPage }

export function EditorArea() {
  const stop = useRef<() => void>(() => undefined)
  useEffect(
    () => () => {
      stop.current()
      setDockApi(null)
    },
    [],
  )
  const onReady = ({ api }: DockviewReadyEvent): void => {
    setDockApi(api)
    restoreDock(api, useLayout.getState().dock)
    stop.current = syncDock(api)
  }
  return (
    <div
      className="h-full min-h-0 min-w-0"
      onKeyDown={event => {
        if (!(event.target instanceof HTMLElement) || !event.target.matches('.dv-tab')) return
        if (handleTabKey(event.target, event.key, event.shiftKey)) event.preventDefault()
      }}
    >
      <DockviewReact
        theme={theme}
        components={components}
        defaultTabComponent={EditorTab}
        watermarkComponent={EmptyEditor}
        disableFloatingGroups
        announcements={false}
        scrollbars="native"
        onReady={onReady}
      />
    </div>
  )
}
