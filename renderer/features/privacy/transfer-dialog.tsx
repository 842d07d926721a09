import { useState, type SyntheticEvent } from 'react'
import { client } from '../../rpc/client.ts'
import { errorWords } from '../../shell/error-words.ts'
import { notify } from '../../shell/notices.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { sizeText } from './stored-words.ts'

const leastCharacters = 8

const words = {
  export: { title: 'Export', confirm: 'Export', description: 'Conversations, unsaved text and settings go into one file that the passphrase alone opens. Secrets, keys, audit log and ledger stay here.' },
  import: { title: 'Import', confirm: 'Import', description: 'What the file holds is added; what is here stays as it is. A backup is made first.' },
} as const

/** Asks for a file and its passphrase, and exports or imports. */
export function TransferDialog({ kind, onClose }: { kind: 'export' | 'import'; onClose: () => void }) {
  const [path, setPath] = useState('')
  const [passphrase, setPassphrase] = useState('')
  const [failure, setFailure] = useState<string | null>(null)
  const [isBusy, setIsBusy] = useState(false)
  const isReady = path.trim() !== '' && passphrase.length >= (kind === 'export' ? leastCharacters : 1) && !isBusy
  const { title, confirm, description } = words[kind]

  const submit = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault()
    if (!isReady) return
    setIsBusy(true)
    setFailure(null)
    try {
      notify({ tone: 'info', text: await transfer(kind, path.trim(), passphrase) })
      onClose()
    } catch (error) {
      const { what, why } = errorWords(error)
      setFailure(`${what} ${why}`)
      setIsBusy(false)
    }
  }

  return (
    <Dialog isOpen onClose={onClose} title={title} description={description} hasCloseButton={false}>
      <form className="flex flex-col gap-3 pb-2" onSubmit={event => void submit(event)}>
        <Field label="File" isMonospaced placeholder={kind === 'export' ? '/path/to/cortex.export' : '/path/to/file'} value={path} onChange={event => setPath(event.target.value)} description="Absolute path on this machine." />
        <Field
          label="Passphrase"
          type="password"
          autoComplete={kind === 'export' ? 'new-password' : 'off'}
          value={passphrase}
          onChange={event => setPassphrase(event.target.value)}
          description={kind === 'export' ? `At least ${leastCharacters} characters. Without it nothing opens the file.` : 'The one it was exported with.'}
          error={failure}
        />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={!isReady}>
            {isBusy ? 'Working' : confirm}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

async function transfer(kind: 'export' | 'import', path: string, passphrase: string): Promise<string> {
  if (kind === 'export') return `The export was written: ${sizeText((await client.storage.exportTo({ path, passphrase })).sizeBytes)}.`
  const { conversations, documents, settingsLeftOut } = await client.storage.importFrom({ path, passphrase })
  return `${conversations} conversations and ${documents} other things were added.${settingsLeftOut.length > 0 ? ` Settings left out, to be set by you: ${settingsLeftOut.join(', ')}.` : ''}`
}
