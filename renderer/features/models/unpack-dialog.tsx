import { useRef, useState } from 'react'
import type { AddResult } from '#shared/contract/library.ts'
import { client } from '../../rpc/client.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { Progress } from '../../ui/progress.tsx'
import { AddedNote } from './added-note.tsx'
import { FailureNote } from './failure-note.tsx'
import { openModelsDialog } from './models-view-store.ts'

/** Takes models from a pack; the hash of each is checked before it is used. */
export function UnpackDialog() {
  const [folder, setFolder] = useState('')
  const [progress, setProgress] = useState<{ ratio: number; file: string } | null>(null)
  const [result, setResult] = useState<AddResult | null>(null)
  const [failure, setFailure] = useState<unknown>(null)
  const stop = useRef<AbortController | null>(null)
  const isBusy = progress !== null
  const close = (): void => {
    stop.current?.abort()
    openModelsDialog(null)
  }
  async function unpack(): Promise<void> {
    const own = new AbortController()
    stop.current = own
    setProgress({ ratio: 0, file: '' })
    setFailure(null)
    setResult(null)
    try {
      for await (const event of await client.library.unpack({ folder: folder.trim() }, { signal: own.signal })) {
        if (event.type === 'progress') setProgress({ ratio: event.totalBytes === 0 ? 0 : event.doneBytes / event.totalBytes, file: event.file })
        else setResult(event)
      }
    } catch (error) {
      if (!own.signal.aborted) setFailure(error)
    } finally {
      setProgress(null)
    }
  }
  return (
    <Dialog
      isOpen
      onClose={close}
      title="Unpack a USB pack"
      description="A folder that Cortex wrote on another machine. Its models are copied here, and the hash of each is checked first."
      hasCloseButton={false}
      footer={
        <>
          <Button onClick={close}>{result === null ? 'Cancel' : 'Close'}</Button>
          <Button variant="primary" type="submit" form="models-unpack" disabled={isBusy || folder.trim() === ''}>
            Unpack
          </Button>
        </>
      }
    >
      <form
        id="models-unpack"
        className="flex flex-col gap-3"
        onSubmit={event => {
          event.preventDefault()
          if (!isBusy && folder.trim() !== '') void unpack()
        }}
      >
        <Field label="Folder of the pack" placeholder="/media/stick/models" isMonospaced data-autofocus value={folder} disabled={isBusy} onChange={event => setFolder(event.target.value)} />
        {progress && (
          <>
            <Progress label="Unpacking" ratio={progress.ratio} />
            <p className="truncate text-12 text-muted">{progress.file}</p>
          </>
        )}
        {result && <AddedNote result={result} />}
        {failure !== null && <FailureNote failure={failure} />}
      </form>
    </Dialog>
  )
}
