import type { RedactionFinding } from '#shared/contract/redaction.ts'
import { client } from '../../rpc/client.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { Button } from '../../ui/button.tsx'
import { DataTable, type Column } from '../../ui/data-table.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { check } from './check-text.ts'
import { refreshFalseAlarms } from './false-alarms-section.tsx'
import { useCheck, type CheckedText } from './secrets-store.ts'

const close = (): void => useCheck.setState({ checked: null })

async function callFalse({ title, text }: CheckedText, { kind, start, length }: RedactionFinding): Promise<void> {
  await client.redaction.addFalseAlarm({ kind, text: text.slice(start, start + length) })
  useCheck.setState({ checked: await check(title, text) })
  await refreshFalseAlarms()
}

/** What would be masked in the text that was checked; each may be called a false alarm. */
export function CheckDialog() {
  const { checked } = useCheck()
  if (!checked) return null
  const columns: readonly Column<RedactionFinding>[] = [
    { id: 'place', title: 'Place', cell: ({ line, column }) => `${line}:${column}` },
    { id: 'kind', title: 'Looks like', cell: ({ kind }) => (kind === 'own-secret' ? 'one of your secrets' : kind.replaceAll('-', ' ')), tone: 'warn' },
    { id: 'text', title: 'Begins with', isMonospaced: true, cell: ({ kind, start, length }) => (kind === 'own-secret' ? '' : `${checked.text.slice(start, start + Math.min(3, length - 4))}…`) },
    { id: 'length', title: 'Length', isNumeric: true, cell: ({ length }) => length.toLocaleString('en') },
    {
      id: 'false',
      title: 'Actions',
      isTitleHidden: true,
      isNumeric: true,
      cell: finding =>
        finding.kind === 'own-secret' ? null : (
          <Button size="small" aria-label={`False alarm at ${finding.line}:${finding.column}`} onClick={() => void callFalse(checked, finding).catch(reportFailure)}>
            False alarm
          </Button>
        ),
    },
  ]
  return (
    <Dialog
      isOpen
      onClose={close}
      title={titleOf(checked.count)}
      description={checked.title}
      width={620}
      hasCloseButton={false}
      footer={<Button data-autofocus onClick={close}>Close</Button>}
    >
        <DataTable label="What would be masked" columns={columns} rows={checked.findings} rowKey={({ start }) => String(start)} emptyText="No secret and no personal data was found." />
    </Dialog>
  )
}

function titleOf(count: number): string {
  if (count === 0) return 'Nothing to mask'
  return count === 1 ? '1 finding would be masked' : `${count.toLocaleString('en')} findings would be masked`
}
