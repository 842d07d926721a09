import { LifeBuoy } from 'lucide-react'
import { useState } from 'react'
import { client } from '../rpc/client.ts'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import { showWorkspace } from './open-workspace.ts'
import { reportFailure } from './report-failure.ts'
import { useSession } from './session.ts'

/** Under the title bar while this start goes without the model and the last layout. */
export function SafeModeBar() {
  const isSafe = useSession(state => state.info?.isSafeMode ?? false)
  const [isBusy, setBusy] = useState(false)
  if (!isSafe) return null
  return (
    <section aria-label="Safe mode" className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line bg-warn-soft px-4 py-1 text-12">
      <Icon icon={LifeBuoy} size={14} className="text-warn" />
      <p className="min-w-0 flex-1">
        <span className="font-strong">Safe mode.</span> No model was loaded and the last layout was left out, as Cortex did not start well twice or you asked for it. Nothing of it is lost.
      </p>
      <Button
        size="small"
        disabled={isBusy}
        onClick={() => {
          setBusy(true)
          void leave()
            .catch(reportFailure)
            .finally(() => setBusy(false))
        }}
      >
        Start normally
      </Button>
    </section>
  )
}

async function leave(): Promise<void> {
  const { info, workspace } = useSession.getState()
  // The window of the safe start is put away first, so that it is never kept in place of the one from before.
  await showWorkspace(null)
  await client.app.leaveSafeMode()
  if (info) useSession.setState({ info: { ...info, isSafeMode: false } })
  await showWorkspace(workspace)
}
