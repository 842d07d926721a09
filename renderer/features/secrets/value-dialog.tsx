import { useRef, useState } from 'react'
import { client } from '../../rpc/client.ts'
import { errorWords } from '../../shell/error-words.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { endOfDay } from './secret-words.ts'
import { openSecretDialog } from './secrets-store.ts'
import { ValueField, type ValueSource } from './value-field.tsx'

interface Fault {
  isAboutName: boolean
  text: string
}

/** Adds a secret, or gives the one of that name a new value. */
export function ValueDialog({ rotated }: { rotated: string | null }) {
  const [name, setName] = useState(rotated ?? '')
  const [description, setDescription] = useState('')
  const [end, setEnd] = useState('')
  const [fileName, setFileName] = useState<string | null>(null)
  const [fault, setFault] = useState<Fault | null>(null)
  const [isBusy, setBusy] = useState(false)
  const source = useRef<ValueSource>(null)
  const close = (): void => openSecretDialog(null)

  async function send(): Promise<void> {
    setBusy(true)
    setFault(null)
    try {
      const value = (await source.current?.read()) ?? ''
      if (rotated === null) await client.secrets.add({ name: name.trim(), description: description.trim(), expiresAt: endOfDay(end), value })
      else await client.secrets.rotate({ name: rotated, value })
      source.current?.clear()
      close()
    } catch (failure) {
      const { code, what, why, next } = errorWords(failure)
      const isAboutName = code === 'SECRET_EXISTS' || code === 'SECRET_NAME_INVALID'
      if (!isAboutName) source.current?.clear()
      setFault({ isAboutName, text: `${what} ${why} ${next}` })
    } finally {
      setBusy(false)
    }
  }

  return (
    <Dialog
      isOpen
      onClose={close}
      title={rotated === null ? 'Add a secret' : `Give ${rotated} a new value`}
      {...(rotated === null ? {} : { description: 'The old value is gone for good.' })}
      hasCloseButton={false}
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button variant="primary" type="submit" form="secret-value" disabled={isBusy || name.trim() === ''}>
            {rotated === null ? 'Add' : 'Replace'}
          </Button>
        </>
      }
    >
      <form
        id="secret-value"
        className="flex flex-col gap-3"
        onSubmit={event => {
          event.preventDefault()
          if (!isBusy) void send()
        }}
      >
        {rotated === null && (
          <Field label="Name" isMonospaced placeholder="registry.token" value={name} error={fault?.isAboutName ? fault.text : null} onChange={event => setName(event.target.value)} description="Letters, digits, dots, hyphens and underscores." />
        )}
        <ValueField source={source} error={fault && !fault.isAboutName ? fault.text : null} fileName={fileName} onFile={setFileName} />
        {rotated === null && (
          <>
            <Field label="Description" value={description} maxLength={200} onChange={event => setDescription(event.target.value)} />
            <Field label="Ends on" type="date" className="max-w-44" value={end} onChange={event => setEnd(event.target.value)} description="Empty: never." />
          </>
        )}
      </form>
    </Dialog>
  )
}
