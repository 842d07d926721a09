import { z } from 'zod'
import { DownloadStatus, HashSource, type Download } from '#shared/contract/downloads.ts'
import { ShownError } from '#shared/contract/library.ts'

export const RecordedFile = z.object({
  name: z.string(),
  /** Where it goes, absolute. */
  path: z.string(),
  /** In the repository; null for an address. */
  repositoryPath: z.string().nullable(),
  /** Whole address, where it is no file of a repository. */
  url: z.string().nullable(),
  sizeBytes: z.number().nullable(),
  sha256: z.string().nullable(),
  hashSource: HashSource.nullable(),
  isDone: z.boolean(),
})
export type RecordedFile = z.infer<typeof RecordedFile>

/** What is kept of a download. One that runs is kept as `queued`: after a crash it goes on. */
export const DownloadRecord = z.object({
  id: z.string(),
  name: z.string(),
  entryId: z.string().nullable(),
  quantization: z.string().nullable(),
  repository: z.string().nullable(),
  revision: z.string(),
  files: z.array(RecordedFile).min(1),
  status: DownloadStatus,
  error: ShownError.nullable(),
  notes: z.array(z.string()),
  addedAt: z.coerce.date(),
  finishedAt: z.coerce.date().nullable(),
  modelId: z.string().nullable(),
})
export type DownloadRecord = z.infer<typeof DownloadRecord>

/** What the registry said of its files is asked for once more: they may be others by now. */
export function askAgain({ files }: DownloadRecord): void {
  for (const file of files) if (file.hashSource === 'repository') file.sizeBytes = null
}

/** What only lives while the host does. */
export interface DownloadProgress {
  host: string
  doneBytes: number[]
  bytesPerSecond: number | null
  checkedRatio: number | null
}

export function shownDownload(record: DownloadRecord, { host, doneBytes, bytesPerSecond, checkedRatio }: DownloadProgress): Download {
  const files = record.files.map(({ name, path, sizeBytes, sha256, hashSource, isDone }, index) => ({ name, path, sizeBytes, doneBytes: isDone ? (sizeBytes ?? 0) : (doneBytes[index] ?? 0), sha256, hashSource }))
  const sizes = files.map(({ sizeBytes }) => sizeBytes)
  const sizeBytes = sizes.every(size => size !== null) ? sizes.reduce((sum, size) => sum + size, 0) : null
  const done = files.reduce((sum, file) => sum + file.doneBytes, 0)
  const isMoving = record.status === 'running' && bytesPerSecond !== null && bytesPerSecond > 0
  return {
    ...{ id: record.id, name: record.name, entryId: record.entryId, quantization: record.quantization, repository: record.repository, host, files, status: record.status, sizeBytes },
    doneBytes: done,
    bytesPerSecond: record.status === 'running' ? bytesPerSecond : null,
    secondsLeft: isMoving && sizeBytes !== null ? Math.ceil((sizeBytes - done) / bytesPerSecond) : null,
    checkedRatio: record.status === 'checking' ? (checkedRatio ?? 0) : null,
    ...{ error: record.error, notes: record.notes, addedAt: record.addedAt, finishedAt: record.finishedAt, modelId: record.modelId },
  }
}
