import { oc } from '@orpc/contract'
import { z } from 'zod'
import { may } from '../errors.ts'
import { RelativePath } from './files.ts'

/** Text that was typed and not saved: kept in the encrypted database until it is saved or thrown away (hot exit). */
export const UnsavedBuffer = z.object({
  /** Path in the workspace, or `untitled:<n>` for a buffer that never had a file. */
  path: RelativePath,
  text: z.string(),
  /** Version of the file that the text was made from; null for an untitled buffer. */
  baseVersion: z.string().nullable(),
  savedAt: z.date(),
})
export type UnsavedBuffer = z.infer<typeof UnsavedBuffer>

export const buffers = {
  list: oc
    .route({ method: 'GET', summary: 'Unsaved buffers of a workspace.' })
    .input(z.object({ workspaceId: z.string() }))
    .output(z.array(UnsavedBuffer))
    .errors(may('WORKSPACE_NOT_FOUND', 'STORAGE_LOCKED', 'STORAGE_DAMAGED')),
  keep: oc
    .route({ method: 'POST', summary: 'Keep the text of an unsaved buffer; acknowledged once it is durable.' })
    .input(z.object({ workspaceId: z.string(), path: RelativePath, text: z.string(), baseVersion: z.string().nullable() }))
    .output(z.void())
    .errors(may('WORKSPACE_NOT_FOUND', 'STORAGE_FULL', 'STORAGE_LOCKED', 'STORAGE_DAMAGED')),
  discard: oc
    .route({ method: 'POST', summary: 'Forget an unsaved buffer, after a save or on the person\'s word.' })
    .input(z.object({ workspaceId: z.string(), path: RelativePath }))
    .output(z.void())
    .errors(may('WORKSPACE_NOT_FOUND', 'STORAGE_FULL', 'STORAGE_LOCKED', 'STORAGE_DAMAGED')),
}
