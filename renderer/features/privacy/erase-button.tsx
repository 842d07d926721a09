import { useState } from 'react'
import { keychainEntryLeft } from '#shared/keychain-words.ts'
import { client } from '../../rpc/client.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'

const confirmation = 'erase'

/** Destroys the keys and everything they open, after a word was typed. */
export function EraseButton() {
  const [isOpen, setIsOpen] = useState(false)
  const [word, setWord] = useState('')
  const [isErased, setIsErased] = useState(false)
  const [isEntryLeft, setIsEntryLeft] = useState(false)
  const close = (): void => {
    setIsOpen(false)
    setWord('')
  }
  const erase = async (): Promise<void> => {
    try {
      setIsEntryLeft((await client.storage.erase({ confirmation })).isKeychainEntryLeft)
      setIsErased(true)
    } catch (error) {
      reportFailure(error)
    }
  }
  return (
    <div className="mt-auto pt-2">
      <Button variant="danger" onClick={() => setIsOpen(true)}>Erase everything</Button>
      <Dialog
        isOpen={isOpen}
        onClose={close}
        hasCloseButton={isErased}
        title={isErased ? 'Everything is erased' : 'Erase everything'}
        description={
          isErased
            ? 'The keys are destroyed and the files deleted. Cortex has ended; its next start begins anew. You can close this window.'
            : 'The keys are destroyed first, then conversations, unsaved text, secrets, logs, settings and all backups are deleted. The files in your folders stay. Nothing can bring it back.'
        }
        footer={
          !isErased && (
            <>
              <Button onClick={close}>Cancel</Button>
              <Button variant="danger" disabled={word !== confirmation} onClick={() => void erase()}>Erase everything</Button>
            </>
          )
        }
      >
        {isEntryLeft && <p role="alert" className="text-13 text-error">{keychainEntryLeft}</p>}
        {!isErased && <Field label={`Type ${confirmation} to go on`} isMonospaced value={word} onChange={event => setWord(event.target.value)} />}
      </Dialog>
    </div>
  )
}
