import { X } from 'lucide-react'
import { useState } from 'react'
import type { AddResult } from '#shared/contract/library.ts'
import { client } from '../../rpc/client.ts'
import { errorWords } from '../../shell/error-words.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { AddedNote } from './added-note.tsx'
import { FailureNote } from './failure-note.tsx'
import { openModelsDialog, useModelsView } from './models-view-store.ts'

/** Folders that are looked through at each start, and a way to name another. */
export function FolderDialog() {
  const folders = useModelsView(state => state.library?.folders ?? [])
  const [path, setPath] = useState('')
  const [result, setResult] = useState<AddResult | null>(null)
  const [failure, setFailure] = useState<unknown>(null)
  const [isBusy, setBusy] = useState(false)
  async function add(): Promise<void> {
    setBusy(true)
    setFailure(null)
    setResult(null)
    try {
      setResult(await client.library.addFolder({ path: path.trim() }))
      setPath('')
    } catch (error) {
      setFailure(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Dialog
      isOpen
      onClose={() => openModelsDialog(null)}
      width={520}
      title="Folders of models"
      description="Every GGUF file in them is on the list, and they are looked through again at each start. Files stay where they are."
      footer={
        <Button variant="primary" type="submit" form="models-folder" disabled={isBusy || path.trim() === ''}>
          {isBusy ? 'Looking through it' : 'Add'}
        </Button>
      }
    >
      {folders.length > 0 && (
        <ul aria-label="Folders of models" className="mb-3 flex flex-col text-12">
          {folders.map(folder => (
            <li key={folder.path} className="flex min-w-0 items-center gap-2 border-t border-line py-1">
              <span className="min-w-0 flex-1 truncate font-mono" title={folder.path}>
                {folder.path}
              </span>
              <span className={folder.error ? 'text-warn' : 'tabular text-muted'}>{folder.error ? errorWords(folder.error).what : folder.models === 1 ? '1 model' : `${folder.models} models`}</span>
              <IconButton icon={X} iconSize={14} label={`Look through ${folder.path} no more`} onClick={() => void client.library.removeFolder({ path: folder.path }).catch(reportFailure)} />
            </li>
          ))}
        </ul>
      )}
      <form
        id="models-folder"
        className="flex flex-col gap-3"
        onSubmit={event => {
          event.preventDefault()
          if (!isBusy && path.trim() !== '') void add()
        }}
      >
        <Field label="Absolute path of a folder" placeholder="/home/you/models" isMonospaced data-autofocus value={path} onChange={event => setPath(event.target.value)} />
        {failure !== null && <FailureNote failure={failure} />}
        {result && <AddedNote result={result} />}
      </form>
    </Dialog>
  )
}
