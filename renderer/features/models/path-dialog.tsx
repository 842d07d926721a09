import { useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { FailureNote } from './failure-note.tsx'
import { addModel } from './model-actions.ts'
import { openModelsDialog } from './models-view-store.ts'

/** A GGUF file by its path: its header is read and what is wrong with it said, before anything loads it. */
export function PathDialog() {
  const [path, setPath] = useState('')
  const [failure, setFailure] = useState<unknown>(null)
  const [isBusy, setBusy] = useState(false)
  const close = (): void => openModelsDialog(null)
  async function add(): Promise<void> {
    setBusy(true)
    setFailure(null)
    try {
      await addModel(path.trim())
      close()
    } catch (error) {
      setFailure(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Dialog
      isOpen
      onClose={close}
      title="Add a GGUF file"
      description="Its header is checked; the file stays where it is."
      hasCloseButton={false}
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button variant="primary" type="submit" form="models-path" disabled={isBusy || path.trim() === ''}>
            {isBusy ? 'Reading the header' : 'Add'}
          </Button>
        </>
      }
    >
      <form
        id="models-path"
        className="flex flex-col gap-3"
        onSubmit={event => {
          event.preventDefault()
          if (!isBusy && path.trim() !== '') void add()
        }}
      >
        <Field label="Absolute path" placeholder="/home/you/models/model.gguf" isMonospaced data-autofocus value={path} onChange={event => setPath(event.target.value)} />
        {failure !== null && <FailureNote failure={failure} />}
      </form>
    </Dialog>
  )
}
