import { ScrollText } from 'lucide-react'
import { client } from '../../rpc/client.ts'
import { useWatch } from '../../rpc/use-watch.ts'
import type { Feature } from '../../shell/feature.ts'
import { showBottomView } from '../../shell/layout.ts'
import { wantPageFocus } from '../../shell/page-focus.ts'
import { openPage } from '../../shell/pages.ts'
import { LogActions, LogLines, LogPage } from './log-view.tsx'
import { takeLogEvent } from './logs-store.ts'

function openLog(): void {
  wantPageFocus('log')
  openPage({ id: 'log', kind: 'log', title: 'Log', description: 'What the host wrote to its log' })
}

function LogsBackground() {
  useWatch(async signal => await client.logs.watch(undefined, { signal }), takeLogEvent, [])
  return null
}

export const logsFeature: Feature = {
  id: 'logs',
  bottomViews: [{ id: 'output', title: 'Output', order: 30, component: LogLines, actions: LogActions }],
  pages: [{ kind: 'log', icon: ScrollText, component: LogPage }],
  background: LogsBackground,
  commands: [
    { id: 'logs.show', title: 'Show the log below', category: 'View', icon: ScrollText, keys: ['Ctrl+Shift+U'], run: () => showBottomView('output') },
    { id: 'logs.open', title: 'Open the log in a tab', category: 'View', icon: ScrollText, run: openLog },
  ],
}
