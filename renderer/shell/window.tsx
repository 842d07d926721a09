import { useConnection } from '../rpc/connection.ts'
import { useEffect } from 'react'
import { client } from '../rpc/client.ts'
import { TooltipProvider } from '../ui/tooltip.tsx'
import { ConnectionBanner } from './connection-banner.tsx'
import { Frame } from './frame.tsx'
import { NoticeList } from './notice-list.tsx'
import { QuestionDialog } from './question-dialog.tsx'
import { QuickPickDialog } from './quick-pick-dialog.tsx'
import { RefusedPage } from './refused-page.tsx'
import { reportFailure } from './report-failure.ts'

/** Everything on the page. */
export function Window() {
  const connection = useConnection(state => state.connection)
  const isRefused = connection.status === 'refused'
  useEffect(() => {
    if (!isRefused) void client.app.pageState({ state: 'ready' }).catch(reportFailure)
  }, [isRefused])
  if (connection.status === 'refused') return <RefusedPage refusal={connection.refusal} />
  return (
    <TooltipProvider>
      <Frame />
      <QuickPickDialog />
      <QuestionDialog />
      <NoticeList />
      <ConnectionBanner />
    </TooltipProvider>
  )
}
