import { useEffect, useState } from 'react'
import type { SecretHistoryEntry } from '#shared/contract/secrets.ts'
import { client } from '../../rpc/client.ts'
import { errorWords } from '../../shell/error-words.ts'
import { Button } from '../../ui/button.tsx'
import { DataTable, type Column } from '../../ui/data-table.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { FailureState, LoadingState } from '../../ui/states.tsx'
import { openSecretDialog } from './secrets-store.ts'

const columns: readonly Column<SecretHistoryEntry>[] = [
  { id: 'at', title: 'When', cell: ({ at }) => at.toLocaleString('en-GB', { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' }) },
  { id: 'action', title: 'What', cell: ({ action, outcome }) => (outcome === 'refused' ? `${action}, refused` : action), tone: ({ outcome }) => (outcome === 'refused' || outcome === 'failed' ? 'warn' : 'plain') },
  { id: 'actor', title: 'By', cell: ({ actor }) => (actor === 'person' ? 'you' : actor) },
  { id: 'detail', title: 'For', cell: ({ detail }) => detail, wraps: true },
]

const close = (): void => openSecretDialog(null)

/** What the audit log says of one secret. */
export function HistoryDialog({ name }: { name: string }) {
  const [entries, setEntries] = useState<SecretHistoryEntry[] | null>(null)
  const [failure, setFailure] = useState<unknown>(null)
  useEffect(() => {
    const controller = new AbortController()
    client.secrets.history({ name }, { signal: controller.signal }).then(setEntries, (error: unknown) => {
      if (!controller.signal.aborted) setFailure(error)
    })
    return () => controller.abort()
  }, [name])
  const words = failure === null ? null : errorWords(failure)
  return (
    <Dialog isOpen onClose={close} title={`History of ${name}`} description="From the audit log, newest first." width={620} hasCloseButton={false} footer={<Button data-autofocus onClick={close}>Close</Button>}>
        {words ? (
          <FailureState title={words.what} reason={words.why} advice={words.next} />
        ) : entries ? (
          <DataTable label={`History of ${name}`} columns={columns} rows={entries.map((entry, index) => ({ ...entry, index }))} rowKey={row => `${row.at.getTime()} ${row.action} ${row.detail}`} emptyText="Nothing is recorded." />
        ) : (
          <LoadingState text="Reading the audit log" />
        )}
    </Dialog>
  )
}
