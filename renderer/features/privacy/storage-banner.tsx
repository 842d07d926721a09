import type { ReactNode } from 'react'
import { client } from '../../rpc/client.ts'
import { askConfirm } from '../../shell/ask.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { Button } from '../../ui/button.tsx'
import { restoreBackup, startAnew, useStored } from './use-stored.ts'

/** Says that the database was damaged, what became of it, and what a person can do. Nothing stands here while all is well. */
export function StorageBanner() {
  const state = useStored(store => store.state)
  if (state?.problem?.code === 'STORAGE_DAMAGED') return <Damaged hasBackups={state.backups.length > 0} />
  if (!state?.restored) return null
  const { at, backupAt, setAside } = state.restored
  return (
    <Banner>
      <p>
        The database was damaged. The backup of {timeText(backupAt)} took its place on {timeText(at)}; what was kept between the two is not in it.
        {setAside !== null && <> The damaged file is still there as <code className="font-mono text-12">{setAside}</code>.</>}
      </p>
      <Button size="small" onClick={() => void client.storage.dismissRestored().catch(reportFailure)}>Understood</Button>
    </Banner>
  )
}

function Damaged({ hasBackups }: { hasBackups: boolean }) {
  const begin = async (): Promise<void> => {
    if (await askConfirm({ title: 'Start anew?', text: 'An empty database is begun. The damaged file stays on disk under another name.', confirmLabel: 'Start anew' })) await startAnew()
  }
  return (
    <Banner>
      <p>The database is damaged and {hasBackups ? 'no backup could take its place by itself' : 'there is no backup'}. Nothing was deleted and nothing is kept for now.</p>
      {hasBackups && <Button size="small" onClick={() => void restoreBackup()}>Restore a backup</Button>}
      <Button size="small" onClick={() => void begin()}>Start anew</Button>
    </Banner>
  )
}

function Banner({ children }: { children: ReactNode }) {
  return (
    <div role="status" className="flex flex-wrap items-center gap-3 rounded-control border border-warn/50 px-4 py-3 text-13 [&>p]:min-w-60 [&>p]:flex-1">
      {children}
    </div>
  )
}

function timeText(at: Date): string {
  return at.toLocaleString('en-GB', { day: 'numeric', month: 'long', hour: '2-digit', minute: '2-digit' })
}
