import { useState, type ReactNode } from 'react'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { FailureNote } from './failure-note.tsx'
import { openModelsDialog } from './models-view-store.ts'
import { useDialogWork } from './use-dialog-work.ts'

interface PathFormProps {
  title: string
  description: string
  /** Of the one field. */
  label: string
  placeholder: string
  /** On the main button, at rest and while it works. */
  action: string
  busyAction?: string
  /** There is nothing more to do: only *Close* stays. */
  isDone?: boolean
  /** On the button that closes it. */
  closeLabel?: 'Cancel' | 'Close'
  /** The field is emptied after each time, for another. */
  isRepeated?: boolean
  width?: number
  /** Above the field, such as what is there already. */
  before?: ReactNode
  /** Below it: how far it is, what came of it. */
  children?: ReactNode
  onSubmit: (path: string, signal: AbortSignal) => Promise<void>
}

/** A dialog that takes one absolute path and does something with it; given up when it closes. */
export function PathForm({ title, description, label, placeholder, action, busyAction = action, isDone = false, closeLabel = isDone ? 'Close' : 'Cancel', isRepeated = false, width, before, children, onSubmit }: PathFormProps) {
  const [path, setPath] = useState('')
  const { isBusy, failure, run } = useDialogWork()
  const close = (): void => openModelsDialog(null)
  const submit = (): void =>
    run(async signal => {
      await onSubmit(path.trim(), signal)
      if (isRepeated) setPath('')
    })
  return (
    <Dialog
      isOpen
      onClose={close}
      {...(width === undefined ? {} : { width })}
      title={title}
      description={description}
      hasCloseButton={false}
      footer={
        <>
          <Button onClick={close}>{closeLabel}</Button>
          {!isDone && (
            <Button variant="primary" type="submit" form="models-path" disabled={isBusy || path.trim() === ''}>
              {isBusy ? busyAction : action}
            </Button>
          )}
        </>
      }
    >
      {before}
      <form
        id="models-path"
        className="flex flex-col gap-3"
        onSubmit={event => {
          event.preventDefault()
          if (!isBusy && !isDone && path.trim() !== '') submit()
        }}
      >
        <Field label={label} placeholder={placeholder} isMonospaced data-autofocus value={path} readOnly={isBusy || isDone} onChange={event => setPath(event.target.value)} />
        {children}
        {failure !== null && <FailureNote failure={failure} />}
      </form>
    </Dialog>
  )
}
