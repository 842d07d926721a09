import { useEffect } from 'react'
import { create } from 'zustand'
import type { FalseAlarm } from '#shared/contract/redaction.ts'
import { client } from '../../rpc/client.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { Button } from '../../ui/button.tsx'
import { DataTable, type Column } from '../../ui/data-table.tsx'
import { Section } from '../../ui/section.tsx'
import { dayWords } from './secret-words.ts'

const useFalseAlarms = create<{ alarms: readonly FalseAlarm[] }>(() => ({ alarms: [] }))

export async function refreshFalseAlarms(): Promise<void> {
  useFalseAlarms.setState({ alarms: await client.redaction.listFalseAlarms() })
}

async function undo(id: string): Promise<void> {
  await client.redaction.removeFalseAlarm({ id })
  await refreshFalseAlarms()
}

const columns: readonly Column<FalseAlarm>[] = [
  { id: 'kind', title: 'Looked like', cell: ({ kind }) => kind.replaceAll('-', ' ') },
  { id: 'length', title: 'Length', cell: ({ length }) => `${length.toLocaleString('en')} characters` },
  { id: 'added', title: 'Since', cell: ({ addedAt }) => dayWords(addedAt) },
  {
    id: 'undo',
    title: 'Actions',
    isTitleHidden: true,
    isNumeric: true,
    cell: ({ id, kind }) => (
      <Button size="small" aria-label={`Mask this ${kind.replaceAll('-', ' ')} again`} onClick={() => void undo(id).catch(reportFailure)}>
        Mask again
      </Button>
    ),
  },
]

/** What a person said is no secret; only fingerprints are kept. Drawn where there is one. */
export function FalseAlarmsSection() {
  const { alarms } = useFalseAlarms()
  useEffect(() => void refreshFalseAlarms().catch(reportFailure), [])
  if (alarms.length === 0) return null
  return (
    <Section title="False alarms">
      <DataTable label="False alarms" columns={columns} rows={alarms} rowKey={alarm => alarm.id} emptyText="" />
    </Section>
  )
}
