import { oc } from '@orpc/contract'
import { z } from 'zod'
import { may } from '../errors.ts'
import { Label } from '../sensitivity.ts'
import { RelativePath } from './files.ts'

export const Completion = z.object({
  /** Text to insert at the cursor; empty when the model has nothing to add. */
  text: z.string(),
  tokens: z.number(),
  promptTokens: z.number(),
  /** Time in the model, queue left out. */
  milliseconds: z.number(),
  scope: z.enum(['line', 'block']),
  /** That of the file it was made from. */
  label: Label,
  stopReason: z.enum(['end-of-text', 'end-of-scope', 'max-tokens']),
})
export type Completion = z.infer<typeof Completion>

export const completion = {
  complete: oc
    .route({ method: 'POST', summary: 'Fill in at a cursor (FIM with token healing): to the end of the line, or of the block where the cursor stands in an empty body. Text of a secret file is refused. Aborting the call frees the model.' })
    .input(
      z.object({
        /** Text before the cursor; the last 16,000 characters are enough. */
        prefix: z.string().max(200_000),
        /** Text after the cursor. */
        suffix: z.string().max(200_000),
        /** Language by Monaco's or VS Code's identifier, `plaintext` when unknown. */
        language: z.string().default('plaintext'),
        scope: z.enum(['auto', 'line', 'block']).default('auto'),
        maxTokens: z.number().int().min(1).max(512).default(128),
        /** The file that the text stands in; relative to a workspace or to an absolute folder. Null for text of the caller's own. */
        file: z.object({ workspaceId: z.string().nullable().default(null), folder: z.string().max(4096).nullable().default(null), path: RelativePath }).nullable().default(null),
        /** Names the caller, such as one editor: its newer request takes the place of an older one, which is answered with nothing. */
        caller: z.string().max(100).optional(),
      }),
    )
    .output(Completion)
    .errors(may('CONTEXT_REFUSED', 'WORKSPACE_NOT_FOUND', 'FOLDER_NOT_FOUND', 'FOLDER_UNREADABLE', 'NOT_A_FOLDER', 'MODEL_NOT_LOADED', 'MODEL_CANNOT_FILL', 'MODEL_CARD_FAILED', 'MODEL_COMPUTE_FAILED', 'WORKER_CRASHED', 'WORKER_UNAVAILABLE')),
}
