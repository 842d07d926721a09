import { ArrowDownToLine, PanelRight, X } from 'lucide-react'
import type { MenuEntry } from '../ui/menu-item.ts'
import { closePage, closePages, takeClosedPage } from './close-page.ts'
import { dockApi } from './dock-api.ts'
import type { Command, Page } from './feature.ts'
import { activatePage, openPage, updatePage, usePages } from './pages.ts'
import { reportFailure } from './report-failure.ts'
import { shownKeyOf } from './shown-key.ts'

const needsPage = (): true | string => (usePages.getState().activeId === null ? 'No tab is open.' : true)
const active = (): string | null => usePages.getState().activeId

/** Moves to the tab beside the active one, round the end. */
function step(by: number): void {
  const group = dockApi()?.activeGroup
  const panels = group?.panels ?? []
  const index = panels.findIndex(panel => panel.id === active())
  const next = panels[(index + by + panels.length) % Math.max(1, panels.length)]
  if (next) activatePage(next.id)
}

function split(direction: 'right' | 'below'): void {
  const api = dockApi()
  const panel = api?.activePanel
  if (!api || !panel) return
  panel.api.moveTo({ group: api.addGroup({ referenceGroup: panel.group, direction }), position: 'center' })
}

function needsCompany(): true | string {
  const count = dockApi()?.activeGroup?.panels.length ?? 0
  return count > 1 ? true : 'A split needs a second tab in this group.'
}

const others = (id: string): string[] => usePages.getState().pages.map(page => page.id).filter(other => other !== id)
const all = (): string[] => usePages.getState().pages.map(page => page.id)

async function closeGiven(argument: unknown): Promise<void> {
  const id = typeof argument === 'string' ? argument : active()
  if (id !== null) await closePage(id)
}

export const pageCommands: readonly Command[] = [
  { id: 'pages.close', title: 'Close tab', category: 'View', icon: X, keys: ['Ctrl+W', 'Alt+W'], canRun: needsPage, run: closeGiven },
  {
    id: 'pages.closeOthers',
    title: 'Close other tabs',
    category: 'View',
    canRun: () => (usePages.getState().pages.length > 1 ? true : 'No other tab is open.'),
    run: async () => void (await closePages(others(active() ?? ''))),
  },
  { id: 'pages.closeAll', title: 'Close all tabs', category: 'View', canRun: needsPage, run: async () => void (await closePages(all())) },
  {
    id: 'pages.reopen',
    title: 'Reopen closed tab',
    category: 'View',
    keys: ['Ctrl+Shift+T', 'Alt+Shift+T'],
    run: () => {
      const page = takeClosedPage()
      if (page) openPage(page)
    },
  },
  { id: 'pages.next', title: 'Go to next tab', category: 'View', keys: ['Ctrl+PageDown', 'Alt+.'], repeats: true, canRun: needsPage, run: () => step(1) },
  { id: 'pages.previous', title: 'Go to previous tab', category: 'View', keys: ['Ctrl+PageUp', 'Alt+,'], repeats: true, canRun: needsPage, run: () => step(-1) },
  { id: 'pages.splitRight', title: 'Split editor right', category: 'View', icon: PanelRight, keys: ['Ctrl+\\'], canRun: needsCompany, run: () => split('right') },
  { id: 'pages.splitDown', title: 'Split editor down', category: 'View', icon: ArrowDownToLine, keys: ['Ctrl+Alt+\\'], canRun: needsCompany, run: () => split('below') },
  {
    id: 'pages.keep',
    title: 'Keep tab open',
    category: 'View',
    canRun: () => (usePages.getState().pages.find(page => page.id === active())?.isPreview ? true : 'This tab stays open anyway.'),
    run: () => {
      const id = active()
      if (id !== null) updatePage(id, { isPreview: false })
    },
  },
]

/** The context menu of a tab. */
export function tabMenu(page: Page): readonly MenuEntry[] {
  const run = (work: () => unknown) => (): void => {
    activatePage(page.id)
    Promise.resolve(work()).catch(reportFailure)
  }
  return [
    { id: 'close', label: 'Close', keys: shownKeyOf('pages.close'), run: run(() => closePage(page.id)) },
    { id: 'close-others', label: 'Close others', run: run(() => closePages(others(page.id))) },
    { id: 'close-all', label: 'Close all', run: run(() => closePages(all())) },
    'separator',
    { id: 'split-right', label: 'Split right', keys: 'Ctrl+\\', run: run(() => split('right')) },
    { id: 'split-down', label: 'Split down', run: run(() => split('below')) },
    ...(page.isPreview ? (['separator', { id: 'keep', label: 'Keep open', run: run(() => updatePage(page.id, { isPreview: false })) }] as const) : []),
  ]
}
