import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { may } from '../errors.ts'

/** Relative to the workspace, `/` between parts, `''` for the workspace itself. */
export const RelativePath = z.string().max(4096)

const place = z.object({ workspaceId: z.string(), path: RelativePath })

export const FileEntry = z.object({
  name: z.string(),
  path: RelativePath,
  kind: z.enum(['file', 'folder', 'other']),
  isLink: z.boolean(),
  sizeBytes: z.number(),
  modifiedAt: z.date(),
})
export type FileEntry = z.infer<typeof FileEntry>

export const FileContent = z.object({
  path: RelativePath,
  text: z.string(),
  /** Changes whenever the bytes on disk change; hand it back to `write`. */
  version: z.string(),
  encoding: z.enum(['utf-8', 'utf-8-bom']),
  lineEnding: z.enum(['lf', 'crlf']),
  sizeBytes: z.number(),
  /** Bytes that are not valid UTF-8 are shown as U+FFFD; such a file opens read-only, so that saving cannot damage it. */
  hasInvalidText: z.boolean(),
  isReadOnly: z.boolean(),
})
export type FileContent = z.infer<typeof FileContent>

export const FileChange = z.object({ path: RelativePath, kind: z.enum(['created', 'updated', 'deleted']) })
export type FileChange = z.infer<typeof FileChange>

export const FileWatchEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('snapshot') }),
  z.object({ type: z.literal('changed'), changes: z.array(FileChange) }),
  /** Too many changes to list: read again what is shown. */
  z.object({ type: z.literal('overflow') }),
])
export type FileWatchEvent = z.infer<typeof FileWatchEvent>

export const FoundFile = z.object({
  path: RelativePath,
  /** Indexes into `path` of the characters that matched. */
  matches: z.array(z.number()),
})
export type FoundFile = z.infer<typeof FoundFile>

// A workspace that was open before a restart is opened again at its first use, which may fail as opening does.
const open = may('WORKSPACE_NOT_FOUND', 'FOLDER_NOT_FOUND', 'FOLDER_UNREADABLE', 'NOT_A_FOLDER')
const reach = { ...open, ...may('PATH_OUTSIDE_WORKSPACE', 'FILE_NOT_FOUND', 'FILE_UNREADABLE') }
const change = { ...reach, ...may('FILE_EXISTS', 'FILE_NAME_INVALID', 'FILE_NOT_WRITABLE', 'DISK_FULL') }

export const files = {
  list: oc
    .route({ method: 'GET', summary: 'Entries of one folder, folders first, then by name; at most 10,000.' })
    .input(place)
    .output(z.object({ entries: z.array(FileEntry), total: z.number(), isTruncated: z.boolean() }))
    .errors(reach),
  stat: oc.route({ method: 'GET', summary: 'One entry, or null where nothing stands.' }).input(place).output(FileEntry.nullable()).errors(reach),
  read: oc
    .route({ method: 'GET', summary: 'A text file as UTF-8; a binary file or one over 50 MB is an error that gives its size.' })
    .input(place)
    .output(FileContent)
    .errors({ ...reach, ...may('FILE_TOO_LARGE', 'FILE_BINARY') }),
  write: oc
    .route({ method: 'POST', summary: 'Replace a file whole and durably. `expectedVersion` null writes whatever stands there; otherwise a file that changed since is an error.' })
    .input(
      place.extend({
        text: z.string(),
        encoding: z.enum(['utf-8', 'utf-8-bom']).default('utf-8'),
        lineEnding: z.enum(['lf', 'crlf']).default('lf'),
        expectedVersion: z.string().nullable(),
      }),
    )
    .output(z.object({ version: z.string(), sizeBytes: z.number() }))
    .errors({ ...change, ...may('FILE_CHANGED_ON_DISK') }),
  create: oc
    .route({ method: 'POST', summary: 'Make an empty file or a folder, with the folders above it.' })
    .input(place.extend({ kind: z.enum(['file', 'folder']) }))
    .output(FileEntry)
    .errors(change),
  move: oc
    .route({ method: 'POST', summary: 'Rename or move a file or folder inside the workspace; never overwrites.' })
    .input(z.object({ workspaceId: z.string(), from: RelativePath, to: RelativePath }))
    .output(FileEntry)
    .errors(change),
  trash: oc
    .route({ method: 'POST', summary: "Move a file or folder to the system's trash." })
    .input(place)
    .output(z.void())
    .errors({ ...reach, ...may('TRASH_FAILED') }),
  watch: oc
    .route({ method: 'GET', summary: 'Changes below the workspace made by anybody, gathered over 100 ms.' })
    .input(z.object({ workspaceId: z.string() }))
    .output(eventIterator(FileWatchEvent))
    .errors(open),
  find: oc
    .route({ method: 'GET', summary: 'Files whose path matches a fuzzy query, best first; ignored files are left out.' })
    .input(z.object({ workspaceId: z.string(), query: z.string().max(512), limit: z.number().int().min(1).max(500).default(50) }))
    .output(z.object({ files: z.array(FoundFile), total: z.number(), isComplete: z.boolean() }))
    .errors(open),
}
