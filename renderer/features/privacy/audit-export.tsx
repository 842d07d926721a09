import { client } from '../../rpc/client.ts'
import { ExportDialog } from './export-dialog.tsx'

const formats = [
  { value: 'jsonl', label: 'JSON lines, verifiable' },
  { value: 'cef', label: 'CEF, for a SIEM' },
] as const

/** Writes the whole log into a file on the host's machine. */
export function AuditExport({ onClose }: { onClose: () => void }) {
  return (
    <ExportDialog
      what="the audit log"
      description="All entries go into one file, readable by you alone. It is not encrypted. JSON lines carry seals and the public key: cortex audit verify --file checks them on any machine."
      placeholder="/path/to/audit.jsonl"
      formats={formats}
      write={(path, format: 'jsonl' | 'cef') => client.audit.exportTo({ path, format })}
      onClose={onClose}
    />
  )
}
