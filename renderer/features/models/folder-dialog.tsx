import { X } from 'lucide-react'
import { useState } from 'react'
import type { AddResult, LibraryFolder } from '#shared/contract/library.ts'
import { client } from '../../rpc/client.ts'
import { errorWords } from '../../shell/error-words.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import { AddedNote } from './added-note.tsx'
import { useModelsView } from './models-view-store.ts'
import { PathForm } from './path-form.tsx'

/** Folders that are looked through at each start, and a way to name another. */
export function FolderDialog() {
  const folders = useModelsView(state => state.library?.folders ?? [])
  const [result, setResult] = useState<AddResult | null>(null)
  return (
    <PathForm
      title="Folders of models"
      description="Every GGUF file in them is on the list, and they are looked through again at each start. Files stay where they are."
      label="Absolute path of a folder"
      placeholder="/home/you/models"
      action="Add"
      busyAction="Looking through it"
      closeLabel="Close"
      isRepeated
      width={520}
      before={folders.length > 0 && <FolderList folders={folders} />}
      onSubmit={async (path, signal) => {
        setResult(null)
        setResult(await client.library.addFolder({ path }, { signal }))
      }}
    >
      {result && <AddedNote result={result} />}
    </PathForm>
  )
}

function FolderList({ folders }: { folders: readonly LibraryFolder[] }) {
  return (
    <ul aria-label="Folders of models" className="mb-3 flex flex-col text-12">
      {folders.map(({ path, models, error }) => (
        <li key={path} className="flex min-w-0 items-center gap-2 border-t border-line py-1">
          <span className="min-w-0 flex-1 truncate font-mono" title={path}>
            {path}
          </span>
          <span className={error ? 'text-warn' : 'tabular text-muted'}>{error ? errorWords(error).what : models === 1 ? '1 model' : `${models} models`}</span>
          <IconButton icon={X} iconSize={14} label={`Look through ${path} no more`} onClick={() => void client.library.removeFolder({ path }).catch(reportFailure)} />
        </li>
      ))}
    </ul>
  )
}
