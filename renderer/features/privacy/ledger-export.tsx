import type { LedgerFormat } from '#shared/contract/ledger.ts'
import { client } from '../../rpc/client.ts'
import { ExportDialog } from './export-dialog.tsx'
import { isNarrowed, type LedgerSearch } from './ledger-entries.ts'

const formats = [
  { value: 'csv', label: 'Table (CSV)' },
  { value: 'jsonl', label: 'One JSON object a line' },
] as const

/** Writes what the search finds into a file on the host's machine. */
export function LedgerExport({ search, onClose }: { search: LedgerSearch; onClose: () => void }) {
  const { text, decision, who } = search
  return (
    <ExportDialog
      what="the ledger"
      description={`${isNarrowed(search) ? 'The entries that the search finds' : 'All entries'} go into one file, readable by you alone. It is not encrypted.`}
      placeholder="/path/to/ledger.csv"
      formats={formats}
      write={(path, format: LedgerFormat) => client.ledger.exportTo({ path, format, text: text.trim(), ...(decision === null ? {} : { decision }), ...(who === null ? {} : { who }) })}
      onClose={onClose}
    />
  )
}
