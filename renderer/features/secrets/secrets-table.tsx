import { CalendarClock, Ellipsis, History, RefreshCw, Trash2 } from 'lucide-react'
import type { Secret } from '#shared/contract/secrets.ts'
import { client } from '../../rpc/client.ts'
import { askConfirm } from '../../shell/ask.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { DataTable, type Column } from '../../ui/data-table.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { Menu } from '../../ui/menu.tsx'
import { dayWords, stateWords, usesWords } from './secret-words.ts'
import { openSecretDialog } from './secrets-store.ts'

async function remove(name: string): Promise<void> {
  const isMeant = await askConfirm({ title: `Delete ${name}?`, text: 'Its value is gone for good. Its history stays in the audit log.', confirmLabel: 'Delete', isDanger: true })
  if (isMeant) await client.secrets.delete({ name })
}

function RowMenu({ name }: Secret) {
  return (
    <Menu
      align="end"
      entries={[
        { id: 'rotate', label: 'New value', icon: RefreshCw, run: () => openSecretDialog({ kind: 'rotate', name }) },
        { id: 'expire', label: 'Set its end', icon: CalendarClock, run: () => openSecretDialog({ kind: 'expire', name }) },
        { id: 'history', label: 'History', icon: History, run: () => openSecretDialog({ kind: 'history', name }) },
        'separator',
        { id: 'delete', label: 'Delete', icon: Trash2, isDanger: true, run: () => void remove(name).catch(reportFailure) },
      ]}
    >
      <IconButton icon={Ellipsis} label={`Actions for ${name}`} className="-my-1" />
    </Menu>
  )
}

const columns: readonly Column<Secret>[] = [
  { id: 'name', title: 'Name', isMonospaced: true, cell: ({ name }) => name },
  { id: 'description', title: 'For', cell: ({ description }) => description, wraps: true },
  { id: 'state', title: 'State', cell: secret => stateWords(secret).text, tone: secret => stateWords(secret).tone },
  { id: 'end', title: 'Ends', cell: ({ expiresAt }) => dayWords(expiresAt) },
  { id: 'value', title: 'Value from', cell: ({ rotatedAt, createdAt }) => dayWords(rotatedAt ?? createdAt) },
  { id: 'used', title: 'Used', cell: usesWords },
  { id: 'actions', title: 'Actions', isTitleHidden: true, isNumeric: true, cell: secret => <RowMenu {...secret} /> },
]

export function SecretsTable({ secrets }: { secrets: readonly Secret[] }) {
  return <DataTable label="Secrets" columns={columns} rows={secrets} rowKey={secret => secret.name} emptyText="" />
}
