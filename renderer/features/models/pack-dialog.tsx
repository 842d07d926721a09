import { useRef, useState } from 'react'
import type { Model } from '#shared/contract/models.ts'
import { client } from '../../rpc/client.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { Progress } from '../../ui/progress.tsx'
import { FailureNote } from './failure-note.tsx'
import { sizeWords } from './model-words.ts'
import { openModelsDialog } from './models-view-store.ts'

/** Writes a model with its hash and licence into a new folder, for a machine without a network. */
export function PackDialog({ model }: { model: Model }) {
  const [folder, setFolder] = useState('')
  const [ratio, setRatio] = useState<number | null>(null)
  const [done, setDone] = useState<string | null>(null)
  const [failure, setFailure] = useState<unknown>(null)
  const stop = useRef<AbortController | null>(null)
  const isBusy = ratio !== null
  const close = (): void => {
    stop.current?.abort()
    openModelsDialog(null)
  }
  async function pack(): Promise<void> {
    const own = new AbortController()
    stop.current = own
    setRatio(0)
    setFailure(null)
    try {
      for await (const event of await client.library.pack({ modelIds: [model.id], folder: folder.trim() }, { signal: own.signal })) {
        if (event.type === 'progress') setRatio(event.totalBytes === 0 ? 0 : event.doneBytes / event.totalBytes)
        else setDone(`Written to ${event.path}, ${sizeWords(event.sizeBytes)}.`)
      }
    } catch (error) {
      if (!own.signal.aborted) setFailure(error)
    } finally {
      setRatio(null)
    }
  }
  return (
    <Dialog
      isOpen
      onClose={close}
      title={`Write ${model.name} to a USB pack`}
      description="A folder with the model, its hash and its licence. On the other machine, unpack it there."
      hasCloseButton={false}
      footer={
        <>
          <Button onClick={close}>{done === null ? 'Cancel' : 'Close'}</Button>
          {done === null && (
            <Button variant="primary" type="submit" form="models-pack" disabled={isBusy || folder.trim() === ''}>
              Write
            </Button>
          )}
        </>
      }
    >
      <form
        id="models-pack"
        className="flex flex-col gap-3"
        onSubmit={event => {
          event.preventDefault()
          if (!isBusy && folder.trim() !== '') void pack()
        }}
      >
        <Field label="New folder, absolute path" placeholder="/media/stick/models" isMonospaced data-autofocus value={folder} disabled={isBusy || done !== null} onChange={event => setFolder(event.target.value)} />
        {ratio !== null && <Progress label="Writing the pack" ratio={ratio} />}
        {done !== null && <p role="status">{done}</p>}
        {failure !== null && <FailureNote failure={failure} />}
      </form>
    </Dialog>
  )
}
