import { useState } from 'react'
import { sizeWords } from '#shared/size-words.ts'
import { errorWords } from '../../shell/error-words.ts'
import { notify } from '../../shell/notices.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { Select } from '../../ui/select.tsx'

interface Props<F extends string> {
  /** What is written, in the middle of a sentence: "the ledger". */
  what: string
  description: string
  placeholder: string
  formats: readonly [{ value: F; label: string }, ...{ value: F; label: string }[]]
  write: (path: string, format: F) => Promise<{ sizeBytes: number }>
  onClose: () => void
}

/** Asks for a path and a format, and has the host write a file there. */
export function ExportDialog<F extends string>({ what, description, placeholder, formats, write, onClose }: Props<F>) {
  const [path, setPath] = useState('')
  const [format, setFormat] = useState(formats[0].value)
  const [problem, setProblem] = useState<string | null>(null)
  const [isBusy, setIsBusy] = useState(false)
  const submit = async (): Promise<void> => {
    setIsBusy(true)
    try {
      const { sizeBytes } = await write(path.trim(), format)
      notify({ tone: 'info', text: `${what.charAt(0).toUpperCase()}${what.slice(1)} was written: ${sizeWords(sizeBytes)}.` })
      onClose()
    } catch (error) {
      const { what: happened, why, next } = errorWords(error)
      setProblem([happened, why, next].filter(Boolean).join(' '))
      setIsBusy(false)
    }
  }
  const isReady = /^(\/|[A-Za-z]:[\\/]|\\\\)./.test(path.trim()) && !isBusy
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Export ${what}`}
      description={description}
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
          placeholder={placeholder}
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
