import { Command as CommandIcon, PanelBottom, PanelLeft, PanelRight, Search } from 'lucide-react'
import { flushSync } from 'react-dom'
import { runCommand } from './commands.ts'
import type { Command } from './feature.ts'
import { useFeatureList } from './feature-list.ts'
import { focusRegion } from './focus-regions.ts'
import { showBottomView, showSideView, toggleRight, useLayout } from './layout.ts'
import { openQuickPick, useQuickPick } from './quick-pick.ts'

function toggleSide(): void {
  const { sideViewId, lastSideViewId } = useLayout.getState()
  const next = lastSideViewId ?? useFeatureList.getState().sideViews[0]?.id ?? null
  if (sideViewId !== null) useLayout.setState({ sideViewId: null, lastSideViewId: sideViewId })
  else if (next !== null) showSideView(next)
}

async function toggleBottom(): Promise<void> {
  const { isBottomOpen, bottomViewId } = useLayout.getState()
  const views = useFeatureList.getState().bottomViews
  const view = views.find(({ id }) => id === bottomViewId) ?? views[0]
  if (isBottomOpen) useLayout.setState({ isBottomOpen: false })
  else if (view) showBottomView(view.id)
  if (!isBottomOpen && view?.focusCommand !== undefined) await runCommand(view.focusCommand)
}

/** Switches the mode of a picker that stands open; other dialogs keep the keys to themselves. */
function showPicker(text: string): void {
  // Drawn and focused before the next key comes: what is typed right after the shortcut belongs to the field.
  if (useQuickPick.getState().isOpen || !document.querySelector('[data-modal][data-state=open]')) flushSync(() => openQuickPick(text))
}

export const shellCommands: readonly Command[] = [
  { id: 'palette.show', title: 'Show all commands', category: 'View', icon: CommandIcon, keys: ['Ctrl+Shift+P', 'F1'], isInPalette: false, worksInDialogs: true, run: () => showPicker('>') },
  { id: 'quickOpen.show', title: 'Go to file', category: 'Go', icon: Search, keys: ['Ctrl+P'], worksInDialogs: true, run: () => showPicker('') },
  { id: 'layout.toggleSide', title: 'Show or hide the side panel', category: 'View', icon: PanelLeft, keys: ['Ctrl+B'], run: toggleSide },
  { id: 'layout.toggleBottom', title: 'Show or hide the bottom panel', category: 'View', icon: PanelBottom, keys: ['Ctrl+J'], run: toggleBottom },
  { id: 'layout.toggleRight', title: 'Show or hide the chat', category: 'View', icon: PanelRight, keys: ['Ctrl+Alt+B'], run: toggleRight },
  { id: 'layout.focusNext', title: 'Go to the next part of the window', category: 'View', keys: ['F6'], run: () => focusRegion(1) },
  { id: 'layout.focusPrevious', title: 'Go to the previous part of the window', category: 'View', keys: ['Shift+F6'], run: () => focusRegion(-1) },
]
