import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { may } from '../errors.ts'
import { Label } from '../sensitivity.ts'
import { RelativePath } from './files.ts'

/** The label of one file, and what gave it. */
export const FileLabel = z.object({
  path: RelativePath,
  label: Label,
  /** The pattern that decided, or what could not be made sure of. */
  rule: z.string(),
  /** `check`: something could not be made sure of, so that the file counts as secret. */
  source: z.enum(['default', 'built-in', 'user', 'folder', 'check']),
  /** What the rule means, in words. */
  why: z.string(),
})
export type FileLabel = z.infer<typeof FileLabel>

export const LabelsSnapshot = z.object({
  type: z.literal('snapshot'),
  /** Files by label, with those that git ignores, without `.git` and `node_modules`. Null while they are counted for the first time. */
  counts: z.object({ public: z.number().int(), internal: z.number().int(), secret: z.number().int() }).nullable(),
  /** The secret files by path, at most 2,000. */
  secretFiles: z.array(FileLabel),
  /** What is wrong in a file of rules; while anything is, every file of the folder counts as secret. */
  problems: z.array(z.object({ source: z.enum(['user', 'folder']), message: z.string() })),
  /** Absolute. */
  userFile: z.string(),
  /** Within the folder. */
  folderFile: RelativePath,
})
export type LabelsSnapshot = z.infer<typeof LabelsSnapshot>

const open = may('WORKSPACE_NOT_FOUND', 'FOLDER_NOT_FOUND', 'FOLDER_UNREADABLE', 'NOT_A_FOLDER')

export const labels = {
  labelOf: oc
    .route({ method: 'POST', summary: 'The labels of files of a workspace, by their names, what their links lead to and what else they are called on disk; in the order given, at most 1,000.' })
    .input(z.object({ workspaceId: z.string(), paths: z.array(RelativePath).max(1000) }))
    .output(z.array(FileLabel))
    .errors(open),
  explain: oc
    .route({ method: 'POST', summary: 'The label of one file by its absolute path, whether or not a workspace is open there: the rules of the nearest folder above it that has a `.cortex/privacy.jsonc` count.' })
    .input(z.object({ path: z.string().min(1).max(4096) }))
    .output(FileLabel),
  watch: oc
    .route({ method: 'GET', summary: 'How many files of a workspace have which label, which are secret and by what rule, and what is wrong with the rules; now and as files change.' })
    .input(z.object({ workspaceId: z.string() }))
    .output(eventIterator(LabelsSnapshot))
    .errors(open),
}
