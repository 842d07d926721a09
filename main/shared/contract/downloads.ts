import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { may } from '../errors.ts'
import { ShownError } from './library.ts'

/** Where the hash that a file is held to comes from. `first-download`: nobody named one, and what came first is held to ever after. */
export const HashSource = z.enum(['catalogue', 'repository', 'person', 'first-download'])
export type HashSource = z.infer<typeof HashSource>

/**
 * `queued`: waits for its turn. `running`. `checking`: all bytes are here and its hash is computed. `paused`: by a person where `error` is null, else for
 * what `error` says, and goes on with `resume`. `done`. `quarantined`: its hash is wrong; the file is set aside and never used. `cancelled`.
 */
export const DownloadStatus = z.enum(['queued', 'running', 'checking', 'paused', 'done', 'quarantined', 'cancelled'])
export type DownloadStatus = z.infer<typeof DownloadStatus>

export const Download = z.object({
  id: z.string(),
  /** For a person: the model and its quantization, or the file. */
  name: z.string(),
  /** In the catalogue; null for what was asked for by repository or address. */
  entryId: z.string().nullable(),
  quantization: z.string().nullable(),
  /** `Qwen/Qwen2.5-Coder-7B-Instruct-GGUF`; null for an address. */
  repository: z.string().nullable(),
  /** Whom it is got from now: the registry, or the mirror in its place. */
  host: z.string(),
  /** In the order in which they are got; more than one for a split model. */
  files: z.array(z.object({ name: z.string(), path: z.string(), sizeBytes: z.number().nullable(), doneBytes: z.number(), sha256: z.string().nullable(), hashSource: HashSource.nullable() })),
  status: DownloadStatus,
  /** Of all files; null until it is known. */
  sizeBytes: z.number().nullable(),
  doneBytes: z.number(),
  /** Over the last seconds; null while nothing moves. */
  bytesPerSecond: z.number().nullable(),
  secondsLeft: z.number().nullable(),
  /** While `checking`: 0 to 1. */
  checkedRatio: z.number().nullable(),
  /** Why it is paused or in quarantine; beside `done`: why the file cannot be used as a model. */
  error: ShownError.nullable(),
  /** What happened that a person should know, oldest first: "The file changed at its source; it is got anew." */
  notes: z.array(z.string()),
  addedAt: z.date(),
  finishedAt: z.date().nullable(),
  /** In `models`, once it is done. */
  modelId: z.string().nullable(),
})
export type Download = z.infer<typeof Download>

export const DownloadsEvent = z.discriminatedUnion('type', [
  /** Oldest first. */
  z.object({ type: z.literal('snapshot'), downloads: z.array(Download) }),
  z.object({ type: z.literal('download-changed'), download: Download }),
  z.object({ type: z.literal('download-removed'), id: z.string() }),
])
export type DownloadsEvent = z.infer<typeof DownloadsEvent>

/** A file of the catalogue, a file of any repository, or an address. */
export const DownloadTarget = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('catalogue'), entryId: z.string(), quantization: z.string() }),
  z.object({
    kind: z.literal('repository'),
    /** `owner/name`. */
    repository: z.string().regex(/^[\w.-]{1,96}\/[\w.-]{1,96}$/),
    revision: z.string().regex(/^[\w./-]{1,100}$/).default('main'),
    /** Path in the repository; of a split model its first part. */
    file: z.string().min(1).max(300).endsWith('.gguf'),
  }),
  z.object({ kind: z.literal('address'), url: z.string().min(1).max(8192), sha256: z.string().regex(/^[0-9a-f]{64}$/).nullish() }),
])
export type DownloadTarget = z.infer<typeof DownloadTarget>

export const DownloadPlan = z.object({
  name: z.string(),
  sizeBytes: z.number().nullable(),
  freeDiskBytes: z.number().nullable(),
  folder: z.string(),
  /** Whom it will connect to, the registry first, then servers that it is known to send on to. `decision` is what the policy says now. */
  hosts: z.array(z.object({ host: z.string(), port: z.number().int(), decision: z.enum(['allowed', 'refused', 'asked']), rule: z.string() })),
  /** Where the hash comes from that the file will be held to; null: the one seen at this download will be kept. */
  hashSource: HashSource.nullable(),
  licence: z.string().nullable(),
  /** What the others learn, in one sentence. */
  tells: z.string(),
})
export type DownloadPlan = z.infer<typeof DownloadPlan>

export const RepositoryFile = z.object({ path: z.string(), sizeBytes: z.number().nullable(), sha256: z.string().nullable() })
export type RepositoryFile = z.infer<typeof RepositoryFile>

const targetErrors = ['CATALOGUE_ENTRY_NOT_FOUND', 'EGRESS_ADDRESS_INVALID', 'DOWNLOAD_TARGET_INVALID'] as const
const storageErrors = ['STORAGE_LOCKED', 'STORAGE_FULL', 'STORAGE_DAMAGED'] as const
const named = z.object({ id: z.string() })

export const downloads = {
  watch: oc.route({ method: 'GET', summary: 'Downloads with their progress, now and as they change; at most five times a second each.' }).output(eventIterator(DownloadsEvent)),
  list: oc.route({ method: 'GET', summary: 'Downloads, oldest first.' }).output(z.array(Download)),
  plan: oc
    .route({ method: 'POST', summary: 'What a download would do: to whom it connects and whether that is allowed now, its size, where it goes. Nothing is connected.' })
    .input(DownloadTarget)
    .output(DownloadPlan)
    .errors(may(...targetErrors)),
  start: oc
    .route({ method: 'POST', summary: 'Put a download into the queue; a second one of the same file gives back the first. Where the policy refuses the registry, nothing is queued and the error names the grant that is missing.' })
    .input(DownloadTarget)
    .output(Download)
    .errors(may('DOWNLOAD_NEEDS_GRANT', ...targetErrors, ...storageErrors)),
  pause: oc.route({ method: 'POST', summary: 'Pause a download; what came stays.' }).input(named).output(Download).errors(may('DOWNLOAD_NOT_FOUND', ...storageErrors)),
  resume: oc.route({ method: 'POST', summary: 'Go on with a download that is paused, or begin one anew that is in quarantine or cancelled.' }).input(named).output(Download).errors(may('DOWNLOAD_NOT_FOUND', ...storageErrors)),
  cancel: oc.route({ method: 'POST', summary: 'Give a download up and delete what came of it.' }).input(named).output(Download).errors(may('DOWNLOAD_NOT_FOUND', ...storageErrors)),
  remove: oc.route({ method: 'POST', summary: 'Take a download off the list, giving it up where it runs. The file of one that is done stays.' }).input(named).output(z.void()).errors(may('DOWNLOAD_NOT_FOUND', ...storageErrors)),
  repository: oc
    .route({ method: 'POST', summary: 'Ask the registry for the GGUF files of a repository, with their sizes and hashes. This connects to the registry.' })
    .input(z.object({ repository: z.string().regex(/^[\w.-]{1,96}\/[\w.-]{1,96}$/), revision: z.string().regex(/^[\w./-]{1,100}$/).default('main') }))
    .output(z.array(RepositoryFile))
    .errors(may('DOWNLOAD_NEEDS_GRANT', 'DOWNLOAD_SOURCE_MISSING', 'DOWNLOAD_SOURCE_REFUSED', 'EGRESS_REFUSED', 'EGRESS_FAILED', 'EGRESS_TIMED_OUT', 'EGRESS_TOO_LARGE')),
}
