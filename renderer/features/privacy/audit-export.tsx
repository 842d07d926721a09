import { useState } from 'react'
import { client } from '../../rpc/client.ts'
import { errorWords } from '../../shell/error-words.ts'
import { notify } from '../../shell/notices.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { Select } from '../../ui/select.tsx'
import { bytesText } from './head-words.ts'

type Format = 'jsonl' | 'cef'

const formats = [
  { value: 'jsonl', label: 'JSON lines, verifiable' },
  { value: 'cef', label: 'CEF, for a SIEM' },
] as const

/** Writes the whole log into a file on the host's machine. */
export function AuditExport({ onClose }: { onClose: () => void }) {
  const [path, setPath] = useState('')
  const [format, setFormat] = useState<Format>('jsonl')
  const [problem, setProblem] = useState<string | null>(null)
  const [isBusy, setIsBusy] = useState(false)
  const submit = async (): Promise<void> => {
    setIsBusy(true)
    try {
      const { sizeBytes } = await client.audit.exportTo({ path: path.trim(), format })
      notify({ tone: 'info', text: `The audit log was written: ${bytesText(sizeBytes)}.` })
      onClose()
    } catch (error) {
      const { what, why, next } = errorWords(error)
      setProblem([what, why, next].filter(Boolean).join(' '))
      setIsBusy(false)
    }
  }
  const isReady = /^(\/|[A-Za-z]:[\\/]|\\\\)./.test(path.trim()) && !isBusy
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="Export the audit log"
      description="All entries go into one file, readable by you alone. It is not encrypted. JSON lines carry seals and the public key: cortex audit verify --file checks them on any machine."
      hasCloseButton={false}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" disabled={!isReady} onClick={() => void submit()}>
            {isBusy ? 'Writing' : 'Export'}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <Field
          label="File"
          isMonospaced
          data-autofocus
          placeholder="/path/to/audit.jsonl"
          description="Absolute path on this machine; it must not exist yet."
          value={path}
          error={problem}
          onChange={event => {
            setPath(event.target.value)
            setProblem(null)
          }}
          onKeyDown={event => {
            if (event.key === 'Enter' && isReady) void submit()
          }}
        />
        <Select label="Format" value={format} options={formats} onChange={setFormat} />
      </div>
    </Dialog>
  )
}
