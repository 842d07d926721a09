import { useState } from 'react'
import type { LedgerFormat } from '#shared/contract/ledger.ts'
import { client } from '../../rpc/client.ts'
import { errorWords } from '../../shell/error-words.ts'
import { notify } from '../../shell/notices.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { Select } from '../../ui/select.tsx'
import { bytesText } from './head-words.ts'
import { isNarrowed, type LedgerSearch } from './ledger-entries.ts'

const formats = [
  { value: 'csv', label: 'Table (CSV)' },
  { value: 'jsonl', label: 'One JSON object a line' },
] as const

/** Writes what the search finds into a file on the host's machine. */
export function LedgerExport({ search, onClose }: { search: LedgerSearch; onClose: () => void }) {
  const [path, setPath] = useState('')
  const [format, setFormat] = useState<LedgerFormat>('csv')
  const [problem, setProblem] = useState<string | null>(null)
  const submit = async (): Promise<void> => {
    const { text, decision, who } = search
    try {
      const { sizeBytes } = await client.ledger.exportTo({ path: path.trim(), format, text: text.trim(), ...(decision === null ? {} : { decision }), ...(who === null ? {} : { who }) })
      notify({ tone: 'info', text: `The ledger was written: ${bytesText(sizeBytes)}.` })
      onClose()
    } catch (error) {
      const { what, why, next } = errorWords(error)
      setProblem([what, why, next].filter(Boolean).join(' '))
    }
  }
  const isReady = /^(\/|[A-Za-z]:[\\/]|\\\\)./.test(path.trim())
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="Export the ledger"
      description={isNarrowed(search) ? 'The entries that the search finds go into one file, readable by you alone. It is not encrypted.' : 'All entries go into one file, readable by you alone. It is not encrypted.'}
      hasCloseButton={false}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" disabled={!isReady} onClick={() => void submit()}>
            Export
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <Field
          label="File"
          isMonospaced
          data-autofocus
          placeholder="/path/to/ledger.csv"
          description="Absolute path on this machine; it must not exist yet."
          value={path}
          error={problem}
          onChange={event => {
            setPath(event.target.value)
            setProblem(null)
          }}
        />
        <Select label="Format" value={format} options={formats} onChange={setFormat} />
      </div>
    </Dialog>
  )
}
