import { useState } from 'react'
import type { RepositoryFile } from '#shared/contract/downloads.ts'
import { client } from '../../rpc/client.ts'
import { Button } from '../../ui/button.tsx'
import { DataTable, type Column } from '../../ui/data-table.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { askForDownload } from './ask-for-download.ts'
import { FailureNote } from './failure-note.tsx'
import { sizeWords } from './model-words.ts'
import { openModelsDialog } from './models-view-store.ts'
import { readSource } from './read-source.ts'

/** A file of any repository of the registry, or of any address. */
export function SourceDialog() {
  const [text, setText] = useState('')
  const [files, setFiles] = useState<readonly RepositoryFile[] | null>(null)
  const [failure, setFailure] = useState<unknown>(null)
  const [isBusy, setBusy] = useState(false)
  const source = readSource(text)
  const close = (): void => openModelsDialog(null)
  async function go(): Promise<void> {
    if (source === null) return
    setFailure(null)
    if (source.kind !== 'list') {
      close()
      askForDownload.start(source, { note: source.kind === 'address' ? 'Nobody vouches for a file of an address: who runs that server decides what comes.' : null })
      return
    }
    setBusy(true)
    try {
      setFiles(await client.downloads.repository({ repository: source.repository, revision: 'main' }))
    } catch (error) {
      setFailure(error)
    } finally {
      setBusy(false)
    }
  }
  const repository = source?.kind === 'list' ? source.repository : ''
  const columns: readonly Column<RepositoryFile>[] = [
    { id: 'path', title: 'File', isMonospaced: true, cell: ({ path }) => path, wraps: true },
    { id: 'size', title: 'Size', isNumeric: true, cell: ({ sizeBytes }) => (sizeBytes === null ? 'not known' : sizeWords(sizeBytes)) },
    {
      id: 'get',
      title: 'Actions',
      isTitleHidden: true,
      isNumeric: true,
      cell: ({ path }) => (
        <Button
          size="small"
          aria-label={`Download ${path}`}
          onClick={() => {
            close()
            askForDownload.start({ kind: 'repository', repository, revision: 'main', file: path }, { note: null })
          }}
        >
          Download
        </Button>
      ),
    },
  ]
  return (
    <Dialog
      isOpen
      onClose={close}
      width={620}
      title="From a repository or address"
      footer={
        <Button variant="primary" type="submit" form="models-source" disabled={isBusy || source === null}>
          {isBusy ? 'Asking the registry' : source?.kind === 'list' ? 'List its files' : 'Download'}
        </Button>
      }
    >
      <form
        id="models-source"
        className="flex flex-col gap-3"
        onSubmit={event => {
          event.preventDefault()
          if (!isBusy) void go()
        }}
      >
        <Field
          label="Repository, file in it, or address"
          placeholder="owner/name"
          description="As owner/name, owner/name/file.gguf or https://…/file.gguf. To list its files, the registry is asked, and learns which repository it is."
          isMonospaced
          data-autofocus
          value={text}
          onChange={event => {
            setText(event.target.value)
            setFiles(null)
          }}
        />
        {failure !== null && <FailureNote failure={failure} />}
        {files && <DataTable label="GGUF files" columns={columns} rows={files} rowKey={({ path }) => path} emptyText="It has no GGUF files." maxHeight={280} />}
      </form>
    </Dialog>
  )
}
