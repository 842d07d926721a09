import type { DockviewApi } from 'dockview-react'
import type { Page } from './feature.ts'
import { useLayout } from './layout.ts'
import { activatePage, dropPage, usePages } from './pages.ts'

/** The name of the tab for screen readers; the dot is only for the eye. */
function tabName(page: Page): string {
  return page.isDirty ? `${page.title}, not saved` : page.title
}

let detach: (() => void) | null = null

/** Lets the dock that stands go its own way, before the stores change to another folder. */
export function detachDock(): void {
  detach?.()
}

/** Keeps the dock and the page store the same. The store is the truth for what is open; the dock for where it stands. */
export function syncDock(api: DockviewApi): () => void {
  let isApplying = false

  const apply = (): void => {
    isApplying = true
    const { pages, activeId } = usePages.getState()
    const open = new Set(pages.map(page => page.id))
    for (const page of pages) {
      const panel = api.getPanel(page.id)
      if (panel) {
        if (panel.title !== tabName(page)) panel.api.setTitle(tabName(page))
      } else {
        api.addPanel({ id: page.id, component: 'page', title: tabName(page), ...(page.id === activeId ? {} : { inactive: true }) })
      }
    }
    for (const panel of api.panels) if (!open.has(panel.id)) api.removePanel(panel)
    if (activeId !== null && api.activePanel?.id !== activeId) api.getPanel(activeId)?.api.setActive()
    isApplying = false
    const next = api.activePanel?.id ?? null
    if (usePages.getState().activeId !== next) usePages.setState({ activeId: next })
  }

  const subscriptions = [
    api.onDidActivePanelChange(event => {
      const id = event.panel?.id
      if (!isApplying && id !== undefined) activatePage(id)
    }),
    api.onDidRemovePanel(panel => {
      if (!isApplying) dropPage(panel.id)
    }),
    api.onDidLayoutChange(() => useLayout.setState({ dock: api.toJSON() })),
  ]
  const unsubscribe = usePages.subscribe(() => {
    if (!isApplying) apply()
  })
  apply()
  const stop = (): void => {
    unsubscribe()
    for (const subscription of subscriptions) subscription.dispose()
    if (detach === stop) detach = null
  }
  detach = stop
  return stop
}

/** Puts the groups back as they were, for the pages that are open; a layout that does not fit is left out. */
export function restoreDock(api: DockviewApi, dock: unknown): void {
  if (typeof dock !== 'object' || dock === null) return
  try {
    // What the dock itself serialised; it throws when that is damaged.
    api.fromJSON(dock as Parameters<DockviewApi['fromJSON']>[0])
    const open = new Set(usePages.getState().pages.map(page => page.id))
    for (const panel of api.panels) if (!open.has(panel.id)) api.removePanel(panel)
  } catch {
    api.clear()
  }
}
