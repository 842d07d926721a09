import { lazy } from 'react'
import type { Feature } from '../../shell/feature.ts'
import { terminalCommands } from './terminal-commands.ts'
import { TerminalTabs } from './terminal-tabs.tsx'
import { followTerminals } from './terminals-store.ts'

const TerminalView = lazy(async () => ({ default: (await import('./terminal-view.tsx')).TerminalView }))

export const terminalsFeature: Feature = {
  id: 'terminals',
  bottomViews: [{ id: 'terminals', title: 'Terminal', order: 1, focusCommand: 'terminals.focus', component: TerminalView, actions: TerminalTabs }],
  onWorkspace: followTerminals,
  commands: terminalCommands,
}
