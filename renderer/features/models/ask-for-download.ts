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
  if (note !== null || isTight || refusedHosts(plan).length > 0) openModelsDialog({ kind: 'download', target, note })
  else await client.downloads.start(target)
}

/** What was asked for, as far as the download still tells. */
function targetOf({ entryId, quantization, repository, files }: Download): DownloadTarget | null {
  if (entryId !== null && quantization !== null) return { kind: 'catalogue', entryId, quantization }
  const file = files[0]?.name
  return repository !== null && file?.endsWith('.gguf') ? { kind: 'repository', repository, revision: 'main', file } : null
}

export const askForDownload = {
  start: (target: DownloadTarget, weighed: Weighed): void => void begin(target, weighed).catch(reportFailure),
  /** For one that stopped for want of a grant. */
  again: (download: Download): void => {
    const target = targetOf(download)
    if (target) openModelsDialog({ kind: 'download', target, note: null })
    else void client.downloads.resume({ id: download.id }).catch(reportFailure)
  },
}
