import { useState } from 'react'
import type { Secret } from '#shared/contract/secrets.ts'
import { client } from '../../rpc/client.ts'
import { errorWords } from '../../shell/error-words.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { dayOf, endOfDay } from './secret-words.ts'
import { openSecretDialog } from './secrets-store.ts'

export function ExpiryDialog({ secret }: { secret: Secret }) {
  const [day, setDay] = useState(dayOf(secret.expiresAt))
  const [fault, setFault] = useState<string | null>(null)
  const close = (): void => openSecretDialog(null)
  const set = (expiresAt: Date | null): void => {
    client.secrets.setExpiry({ name: secret.name, expiresAt }).then(close, (failure: unknown) => {
      const { what, why, next } = errorWords(failure)
      setFault(`${what} ${why} ${next}`)
    })
  }
  return (
    <Dialog
      isOpen
      onClose={close}
      title={`When does ${secret.name} end?`}
      description="After that day nothing in Cortex can use it until it is replaced."
      footer={
        <>
          <Button onClick={() => set(null)} disabled={secret.expiresAt === null}>
            Never ends
          </Button>
          <Button variant="primary" type="submit" form="secret-expiry" disabled={endOfDay(day) === null}>
            Set
          </Button>
        </>
      }
    >
      <form
        id="secret-expiry"
        onSubmit={event => {
          event.preventDefault()
          set(endOfDay(day))
        }}
      >
        <Field label="Last day" type="date" className="max-w-44" value={day} error={fault} onChange={event => setDay(event.target.value)} />
      </form>
    </Dialog>
  )
}
