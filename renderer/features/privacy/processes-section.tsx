import type { ProcessEnforcement } from '#shared/contract/privacy.ts'
import { DataTable, type Column } from '../../ui/data-table.tsx'
import { Section } from '../../ui/section.tsx'
import { LoadingState } from '../../ui/states.tsx'
import { processWords } from './privacy-words.ts'
import { usePrivacy } from './use-privacy.ts'

const columns: readonly Column<ProcessEnforcement>[] = [
  { id: 'process', title: 'Process', cell: ({ name, pid }) => <span title={pid === null ? undefined : `Process ${pid}`}>{name}</span> },
  { id: 'network', title: 'Network', cell: row => processWords(row).network.words, tone: row => processWords(row).network.tone },
  { id: 'by', title: 'Enforced by', cell: row => processWords(row).enforcedBy },
  { id: 'files', title: 'Files', cell: row => processWords(row).files },
]

/** Process by process: what it can reach, and who keeps it from the rest. */
export function ProcessesSection() {
  const state = usePrivacy(store => store.state)
  if (!state) return <Section title="Processes"><LoadingState text="Reading what is enforced" /></Section>
  const reasons = state.processes.filter(({ reason }) => reason !== null)
  return (
    <Section title="Processes">
      <DataTable label="Processes" columns={columns} rows={state.processes} rowKey={row => `${row.process} ${row.pid}`} emptyText="" />
      {reasons.length > 0 && (
        <ul className="mt-2 flex flex-col gap-1 text-12 text-muted">
          {reasons.map(({ process, pid, name, reason }) => (
            <li key={`${process} ${pid}`}>
              {name}: {reason}
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}
