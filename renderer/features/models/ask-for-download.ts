import type { Download, DownloadTarget } from '#shared/contract/downloads.ts'
import { client } from '../../rpc/client.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { refusedHosts } from './download-words.ts'
import { openModelsDialog } from './models-view-store.ts'

/** What the dialog of a download says of it beyond its plan; null where there is nothing to weigh. */
export interface Weighed {
  /** A licence with conditions, in words. */
  note: string | null
}

/** Starts a download at once where nothing stands in its way; else a dialog says what does and asks. */
async function begin(target: DownloadTarget, { note }: Weighed): Promise<void> {
  const plan = await client.downloads.plan(target)
  const isTight = plan.sizeBytes !== null && plan.freeDiskBytes !== null && plan.sizeBytes > plan.freeDiskBytes
  if (note !== null || isTight || refusedHosts(plan).length > 0) openModelsDialog({ kind: 'download', target, note, resumes: null })
  else await startOrResume(target, null)
}

/** A download on the list goes on as what it is: what can be told of it here does not say its revision or its address. */
export async function startOrResume(target: DownloadTarget, resumes: string | null): Promise<void> {
  if (resumes === null) await client.downloads.start(target)
  else await client.downloads.resume({ id: resumes })
}

/** Near enough to what was asked for to plan whom to allow; never to be started. */
function plannedAs({ entryId, quantization, repository, files, error }: Download): DownloadTarget | null {
  if (entryId !== null && quantization !== null) return { kind: 'catalogue', entryId, quantization }
  const file = files[0]?.name
  if (!file?.endsWith('.gguf')) return null
  if (repository !== null) return { kind: 'repository', repository, revision: 'main', file }
  // As the contract of errors says.
  const { host, port } = (error?.data ?? {}) as { host?: string; port?: number }
  if (host === undefined || port === undefined) return null
  const place = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
  return { kind: 'address', url: `${port === 443 ? 'https' : 'http'}://${place}:${port}/${encodeURIComponent(file)}` }
}

export const askForDownload = {
  start: (target: DownloadTarget, weighed: Weighed): void => void begin(target, weighed).catch(reportFailure),
  /** For one that stopped for want of a grant. */
  again: (download: Download): void => {
    const target = plannedAs(download)
    if (target) openModelsDialog({ kind: 'download', target, note: null, resumes: download.id })
    else void client.downloads.resume({ id: download.id }).catch(reportFailure)
  },
}
