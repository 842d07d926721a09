import type { PrivacySummary, ProcessEnforcement } from '#shared/contract/privacy.ts'
import { DataTable, type Column } from '../../ui/data-table.tsx'
import { Section } from '../../ui/section.tsx'
import { LoadingState } from '../../ui/states.tsx'
import { processWords, refusedToday } from './privacy-words.ts'
import { usePrivacy } from './use-privacy.ts'

const columns: readonly Column<ProcessEnforcement>[] = [
  { id: 'process', title: 'Process', cell: ({ name, pid }) => <span className="block max-w-60 truncate" title={pid === null ? name : `${name}, process ${pid}`}>{name}</span> },
  { id: 'network', title: 'Network', cell: row => processWords(row).network.words, tone: row => processWords(row).network.tone },
  { id: 'by', title: 'Enforced by', wraps: true, cell: row => processWords(row).enforcedBy },
  { id: 'files', title: 'Files', wraps: true, cell: row => processWords(row).files },
]

function uncounted({ isKept }: PrivacySummary): string {
  return isKept ? 'The ledger does not see this process, and the operating system keeps no count.' : 'The ledger opens with the vault.'
}

function refusedColumn(summary: PrivacySummary | null): Column<ProcessEnforcement> {
  return {
    id: 'refused',
    title: 'Refused today',
    isNumeric: true,
    cell: row => {
      const count = summary && refusedToday(row, summary)
      return count === null ? <span title={summary ? uncounted(summary) : undefined}>–</span> : count.toLocaleString('en')
    },
    tone: row => (summary && refusedToday(row, summary) ? 'plain' : 'muted'),
  }
}

/** Process by process: what it can reach, who keeps it from the rest, and how often it was refused. */
export function ProcessesSection({ summary }: { summary: PrivacySummary | null }) {
  const state = usePrivacy(store => store.state)
  if (!state) return <Section title="Processes"><LoadingState text="Reading what is enforced" /></Section>
  const reasons = state.processes.filter(({ reason }) => reason !== null)
  const tried = summary?.refusedToday.selfTest ?? 0
  return (
    <Section title="Processes">
      <DataTable label="Processes" columns={[...columns, refusedColumn(summary)]} rows={state.processes} rowKey={row => `${row.process} ${row.pid}`} emptyText="" />
      {(reasons.length > 0 || tried > 0) && (
        <ul className="mt-2 flex flex-col gap-1 text-12 text-muted">
          {reasons.map(({ process, pid, name, reason }) => (
            <li key={`${process} ${pid}`}>
              {name}: {reason}
            </li>
          ))}
          {tried > 0 && <li>Self-test: {tried === 1 ? 'one more connection that it tried' : `${tried.toLocaleString('en')} more connections that it tried`} from the host today were refused, as they should be; they are not counted above.</li>}
        </ul>
      )}
    </Section>
  )
}
