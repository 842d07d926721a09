import { useState } from 'react'
import type { RepositoryFile } from '#shared/contract/downloads.ts'
import type { EgressState } from '#shared/contract/egress.ts'
import { sizeWords } from '#shared/size-words.ts'
import { client } from '../../rpc/client.ts'
import { useWatch } from '../../rpc/use-watch.ts'
import { Button } from '../../ui/button.tsx'
import { DataTable, type Column } from '../../ui/data-table.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { allowHosts } from './allow-hosts.ts'
import { askForDownload } from './ask-for-download.ts'
import { askWords, neededMode, refusedBy, wakingGrants } from './download-words.ts'
import { FailureNote } from './failure-note.tsx'
import { openModelsDialog } from './models-view-store.ts'
import { readSource } from './read-source.ts'
import { useDialogWork } from './use-dialog-work.ts'

const oneDay = 1440

/** A file of any repository of the registry, or of any address. */
export function SourceDialog() {
  const [text, setText] = useState('')
  const [hash, setHash] = useState('')
  const [files, setFiles] = useState<readonly RepositoryFile[] | null>(null)
  const [egress, setEgress] = useState<EgressState | null>(null)
  const { isBusy, failure, run } = useDialogWork()
  useWatch(async signal => await client.egress.watch(undefined, { signal }), setEgress, [])
  const source = readSource(text)
  const repository = source?.kind === 'list' ? source.repository : null
  const sha256 = hash.trim().toLowerCase()
  const isHashWrong = source?.kind === 'address' && sha256 !== '' && !/^[0-9a-f]{64}$/.test(sha256)
  const refused = refusedBy(failure)
  const close = (): void => openModelsDialog(null)
  const list = (before: () => Promise<void>): void =>
    run(async signal => {
      await before()
      if (repository !== null) setFiles(await client.downloads.repository({ repository, revision: 'main' }, { signal }))
    })
  function go(): void {
    if (source === null) return
    if (source.kind === 'list') {
      list(async () => undefined)
      return
    }
    close()
    if (source.kind === 'address') askForDownload.start({ ...source, ...(sha256 === '' ? {} : { sha256 }) }, { note: sha256 === '' ? 'Nobody vouches for a file of an address: who runs that server decides what comes.' : null })
    else askForDownload.start(source, { note: null })
  }
  return (
    <Dialog
      isOpen
      onClose={close}
      width={620}
      title="From a repository or address"
      footer={
        <Button variant="primary" type="submit" form="models-source" disabled={isBusy || source === null || isHashWrong}>
          {isBusy ? 'Asking the registry' : source?.kind === 'list' ? 'List its files' : 'Download'}
        </Button>
      }
    >
      <form
        id="models-source"
        className="flex flex-col gap-3"
        onSubmit={event => {
          event.preventDefault()
          if (!isBusy && !isHashWrong) go()
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
        {source?.kind === 'address' && (
          <Field label="SHA-256, if you know it" description="The file is held to it; another one is never used." isMonospaced value={hash} error={isHashWrong ? 'It has 64 digits from 0 to 9 and a to f.' : null} onChange={event => setHash(event.target.value)} />
        )}
        {failure !== null && (
          <FailureNote failure={failure}>
            {refused && egress && (
              <Button size="small" disabled={isBusy || egress.isLocked} onClick={() => list(() => allowHosts([refused], oneDay, egress))}>
                Allow it for a day and list
              </Button>
            )}
          </FailureNote>
        )}
        {refused && egress && <p className="text-12 text-muted">{[askWords(egress.mode, [refused.host]), wakingWords(egress, refused.host)].filter(Boolean).join(' ')}</p>}
        {files && repository !== null && <FileTable files={files} repository={repository} />}
      </form>
    </Dialog>
  )
}

function wakingWords({ mode, grants }: EgressState, host: string): string {
  const waking = wakingGrants(mode, neededMode(mode, [host]), grants)
  return waking.length === 0 ? '' : `Grants that rest now hold again as well: ${waking.join(', ')}.`
}

function FileTable({ files, repository }: { files: readonly RepositoryFile[]; repository: string }) {
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
            openModelsDialog(null)
            askForDownload.start({ kind: 'repository', repository, revision: 'main', file: path }, { note: null })
          }}
        >
          Download
        </Button>
      ),
    },
  ]
  return <DataTable label="GGUF files" columns={columns} rows={files} rowKey={({ path }) => path} emptyText="It has no GGUF files." maxHeight={280} />
}
