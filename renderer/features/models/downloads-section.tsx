import { Pause, Play, X } from 'lucide-react'
import type { Download } from '#shared/contract/downloads.ts'
import { client } from '../../rpc/client.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { Button } from '../../ui/button.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { Progress } from '../../ui/progress.tsx'
import { Section } from '../../ui/section.tsx'
import { errorWords } from '../../shell/error-words.ts'
import { askForDownload } from './ask-for-download.ts'
import { inOrder, progressRatio, progressWords } from './download-words.ts'
import { loadModelAs } from './load-model-as.ts'
import { useModelsView } from './models-view-store.ts'
import { useUploads } from './uploads.ts'

/** What is on its way here, with its rate and time, and what became of it. */
export function DownloadsSection() {
  const { downloads, downloadsFailure, hasLeftOffline } = useModelsView()
  const uploads = useUploads(state => state.uploads)
  const shown = inOrder(downloads ?? [])
  const isOnlyOver = shown.every(({ status }) => status === 'done' || status === 'cancelled')
  const over = shown.filter(({ status }) => status === 'done' || status === 'cancelled')
  if (downloadsFailure !== null) {
    const { what, why, next } = errorWords(downloadsFailure)
    return (
      <Section title="Downloads">
        <p className="text-12 text-muted">
          {what} {why} {next}
        </p>
      </Section>
    )
  }
  if (shown.length === 0 && uploads.length === 0 && !hasLeftOffline) return null
  return (
    <Section
      title="Downloads"
      actions={
        over.length > 0 && (
          <Button size="small" variant="quiet" onClick={() => over.forEach(({ id }) => void client.downloads.remove({ id }).catch(reportFailure))}>
            Clear what is over
          </Button>
        )
      }
    >
      <ul aria-label="Downloads" className="flex flex-col">
        {uploads.map(upload => (
          <li key={upload.name} className="flex min-w-0 flex-col gap-1 border-t border-line py-2 text-12">
            <span className="flex items-center gap-3">
              <span className="min-w-0 flex-1 truncate">{upload.name}</span>
              <span className="tabular text-muted">{upload.ratio === null ? 'checking' : `copying, ${Math.round(upload.ratio * 100)} %`}</span>
              <IconButton icon={X} iconSize={14} label={`Give up copying ${upload.name}`} onClick={upload.cancel} />
            </span>
            <Progress label={`Copying ${upload.name}`} ratio={upload.ratio ?? 1} />
          </li>
        ))}
        {shown.map(download => (
          <DownloadRow key={download.id} download={download} />
        ))}
      </ul>
      {hasLeftOffline && isOnlyOver && (
        <p className="mt-2 flex flex-wrap items-center gap-3 text-12 text-muted">
          Cortex left the offline mode for this; granted hosts can be connected to.
          <Button
            size="small"
            onClick={() => {
              client.egress.setMode({ mode: 'offline' }).then(() => useModelsView.setState({ hasLeftOffline: false }), reportFailure)
            }}
          >
            Go offline again
          </Button>
        </p>
      )}
    </Section>
  )
}

function DownloadRow({ download }: { download: Download }) {
  const { id, name, host, status, error, notes, modelId } = download
  const ratio = progressRatio(download)
  const isMoving = status === 'queued' || status === 'running' || status === 'checking'
  const call = (work: Promise<unknown>): void => void work.catch(reportFailure)
  const words = error === null ? null : errorWords(error)
  return (
    <li className="flex min-w-0 flex-col gap-1 border-t border-line py-2 text-12">
      <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1">
        <span className="min-w-40 flex-1 truncate" title={`${name}, from ${host}`}>
          {name} <span className="text-faint">from {host}</span>
        </span>
        <span className={`tabular ${status === 'quarantined' ? 'text-error' : error ? 'text-warn' : 'text-muted'}`}>{progressWords(download)}</span>
        <span className="flex items-center gap-1">
          {isMoving && status !== 'checking' && <IconButton icon={Pause} iconSize={14} label={`Pause ${name}`} onClick={() => call(client.downloads.pause({ id }))} />}
          {status === 'paused' && error?.code === 'DOWNLOAD_NEEDS_GRANT' && (
            <Button size="small" onClick={() => askForDownload.again(download)}>
              Allow
            </Button>
          )}
          {status === 'paused' && <IconButton icon={Play} iconSize={14} label={`Resume ${name}`} onClick={() => call(client.downloads.resume({ id }))} />}
          {(status === 'quarantined' || status === 'cancelled') && (
            <Button size="small" aria-label={`Download ${name} anew`} onClick={() => call(client.downloads.resume({ id }))}>
              Download anew
            </Button>
          )}
          {status === 'done' && modelId !== null && (
            <Button size="small" aria-label={`Load ${name}`} onClick={() => void loadModelAs(modelId)}>
              Load
            </Button>
          )}
          <IconButton
            icon={X}
            iconSize={14}
            label={isMoving || status === 'paused' ? `Cancel ${name}` : `Take ${name} off the list`}
            onClick={() => call(isMoving || status === 'paused' ? client.downloads.cancel({ id }) : client.downloads.remove({ id }))}
          />
        </span>
      </div>
      {(isMoving || status === 'paused') && <Progress label={`Download of ${name}`} ratio={ratio ?? 0} />}
      {words && (
        <p role="alert" className="break-words text-muted">
          <span className={status === 'quarantined' ? 'text-error' : 'text-warn'}>{words.what}</span> {words.why} {words.next}
        </p>
      )}
      {notes.map(note => (
        <p key={note} className="break-words text-muted">
          {note}
        </p>
      ))}
    </li>
  )
}
