import { X } from 'lucide-react'
import type { ServerClient } from '#shared/contract/model-server.ts'
import { client } from '../../../rpc/client.ts'
import { askConfirm } from '../../../shell/ask.ts'
import { reportFailure } from '../../../shell/report-failure.ts'
import { IconButton } from '../../../ui/icon-button.tsx'
import { DataTable, type Column } from '../../../ui/data-table.tsx'
import { limitsWords, scopeWords, totalsWords } from './server-words.ts'
import { useServer } from './server-store.ts'

/** Programs that may call, and how to take that away. */
export function ClientList({ isOn }: { isOn: boolean }) {
  const clients = useServer(view => view.clients)
  const totals = useServer(view => view.activity.totals)
  if (clients.length === 0) return isOn ? <p className="mt-2 text-12 text-muted">No program may call yet.</p> : null
  const columns: readonly Column<ServerClient>[] = [
    {
      id: 'name',
      title: 'Program',
      wraps: true,
      cell: one => (
        <>
          <span className="block">{one.name}</span>
          <span className="block text-muted">{scopeWords(one)}</span>
          <span className={one.isExpired ? 'block text-warn' : 'block text-muted'}>Limits: {limitsWords(one)}</span>
        </>
      ),
    },
    { id: 'used', title: 'Since start', wraps: true, cell: ({ id }) => totalsWords(totals.find(({ clientId }) => clientId === id)) },
    { id: 'revoke', title: 'Actions', isTitleHidden: true, isNumeric: true, cell: one => <IconButton icon={X} iconSize={14} label={`Revoke ${one.name}`} onClick={() => void revoke(one).catch(reportFailure)} /> },
  ]
  return (
    <div className="mt-3">
      <DataTable label="Programs that may call" columns={columns} rows={clients} rowKey={({ id }) => id} emptyText="" />
    </div>
  )
}

async function revoke({ id, name }: ServerClient): Promise<void> {
  const isMeant = await askConfirm({ title: `Revoke ${name}?`, text: 'Its token works no more, and its calls that run are ended.', confirmLabel: 'Revoke', isDanger: true })
  if (isMeant) await client.modelServer.revokeClient({ id })
}
