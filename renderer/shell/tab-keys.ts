import { closePage } from './close-page.ts'
import { activatePage } from './pages.ts'
import { reportFailure } from './report-failure.ts'

const steps: Record<string, (index: number, count: number) => number> = {
  ArrowRight: (index, count) => (index + 1) % count,
  ArrowLeft: (index, count) => (index - 1 + count) % count,
  Home: () => 0,
  End: (_, count) => count - 1,
}

/** What the dock's tabs lack: arrows, Home and End move, Delete closes, the menu key opens the tab's menu. Answers whether the key was taken. */
export function handleTabKey(tab: HTMLElement, key: string, isShift: boolean): boolean {
  const id = tab.dataset['tabPanelId']
  if (id === undefined) return false
  const step = steps[key]
  if (step) {
    const tabs = [...(tab.parentElement?.querySelectorAll<HTMLElement>('.dv-tab') ?? [])]
    const next = tabs[step(tabs.indexOf(tab), tabs.length)]
    if (next?.dataset['tabPanelId'] !== undefined) activatePage(next.dataset['tabPanelId'])
    next?.focus()
    return true
  }
  if (key === 'Enter' || key === ' ') activatePage(id)
  else if (key === 'Delete') closePage(id).catch(reportFailure)
  else if (key === 'ContextMenu' || (key === 'F10' && isShift)) openMenu(tab)
  else return false
  return true
}

function openMenu(tab: HTMLElement): void {
  const { left, bottom } = tab.getBoundingClientRect()
  tab.querySelector('[data-tab-menu]')?.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true, clientX: left + 8, clientY: bottom }))
}
