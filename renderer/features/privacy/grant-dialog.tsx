import { useState } from 'react'
import type { EgressMode } from '#shared/contract/egress.ts'
import { client } from '../../rpc/client.ts'
import { errorWords } from '../../shell/error-words.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { Select } from '../../ui/select.tsx'
import { isThisMachine } from './egress-words.ts'

const times = [
  { value: '60', label: 'One hour' },
  { value: '1440', label: 'One day' },
  { value: '10080', label: 'One week' },
  { value: '', label: 'Until revoked' },
] as const
const places = [
  { value: 'internet', label: 'The internet' },
  { value: 'local', label: 'My network or this machine' },
] as const

/** Asks for a host to grant, for how long and where it is. */
export function GrantDialog({ isOpen, onClose, mode }: { isOpen: boolean; onClose: () => void; mode: EgressMode }) {
  const [host, setHost] = useState('')
  const [time, setTime] = useState<(typeof times)[number]['value']>('60')
  const [chosenPlace, setPlace] = useState<(typeof places)[number]['value'] | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const place = chosenPlace ?? (mode === 'local' || mode === 'offline' || isThisMachine(host.replace(/:\d+$/, '')) ? 'local' : 'internet')
  const close = (): void => {
    setHost('')
    setPlace(null)
    setProblem(null)
    onClose()
  }
  const submit = async (): Promise<void> => {
    try {
      await client.egress.grant({ host, isLocal: place === 'local', ...(time === '' ? {} : { minutes: Number(time) }) })
      close()
    } catch (error) {
      const { what, why, next } = errorWords(error)
      setProblem([what, why, next].filter(Boolean).join(' '))
    }
  }
  return (
    <Dialog
      isOpen={isOpen}
      onClose={close}
      title="Grant a host"
      description={mode === 'offline' ? 'While Cortex is offline, only ports of this machine are connected to.' : 'Features of Cortex may then connect to it.'}
      hasCloseButton={false}
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button variant="primary" disabled={host.trim() === ''} onClick={() => void submit()}>
            Grant
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <Field
          label="Host"
          placeholder={mode === 'offline' ? 'localhost:11434' : 'example.org'}
          description="A name or an address; a port other than 80 and 443 stands behind a colon."
          isMonospaced
          data-autofocus
          value={host}
          error={problem}
          onChange={event => {
            setHost(event.target.value)
            setProblem(null)
          }}
          onKeyDown={event => {
            if (event.key === 'Enter' && !event.nativeEvent.isComposing && host.trim() !== '') void submit()
          }}
        />
        <Select label="Where it is" value={place} options={places} onChange={setPlace} />
        <Select label="For how long" value={time} options={times} onChange={setTime} />
      </div>
    </Dialog>
  )
}
