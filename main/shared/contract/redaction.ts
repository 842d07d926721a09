import { oc } from '@orpc/contract'
import { z } from 'zod'
import { may } from '../errors.ts'

/** One place that would be masked; never what stands there. */
export const RedactionFinding = z.object({
  /** `github-token`, `email`, `own-secret`. */
  kind: z.string(),
  /** From 1. */
  line: z.number().int(),
  /** From 1, in UTF-16 units. */
  column: z.number().int(),
  /** From 0, in UTF-16 units. */
  start: z.number().int(),
  length: z.number().int(),
})
export type RedactionFinding = z.infer<typeof RedactionFinding>

export const RedactionTest = z.object({
  /** The text with a placeholder such as `[masked: email 1]` for each finding. */
  masked: z.string(),
  /** Up to 2,000, in order. */
  findings: z.array(RedactionFinding),
  count: z.number().int(),
})
export type RedactionTest = z.infer<typeof RedactionTest>

export const FalseAlarm = z.object({ id: z.string(), kind: z.string(), length: z.number().int(), addedAt: z.date() })
export type FalseAlarm = z.infer<typeof FalseAlarm>

const storageErrors = ['STORAGE_LOCKED', 'STORAGE_DAMAGED', 'STORAGE_FULL'] as const

export const redaction = {
  test: oc
    .route({ method: 'POST', summary: 'What would be masked in a text of up to 1,000,000 characters: secrets, personal data and your own stored secrets. The text is not kept.' })
    .input(z.object({ text: z.string(), addresses: z.boolean().default(false) }))
    .output(RedactionTest)
    .errors(may('REDACTION_TOO_LARGE')),
  addFalseAlarm: oc
    .route({ method: 'POST', summary: 'Never mask this text under this kind again. A keyed fingerprint is kept, not the text.' })
    .input(z.object({ kind: z.string().max(64), text: z.string().min(1).max(20_000) }))
    .output(z.void())
    .errors(may('REDACTION_OWN_SECRET', ...storageErrors)),
  listFalseAlarms: oc.route({ method: 'GET', summary: 'What was called a false alarm: kind, length and date.' }).output(z.array(FalseAlarm)).errors(may(...storageErrors)),
  removeFalseAlarm: oc
    .route({ method: 'POST', summary: 'Mask it again.' })
    .input(z.object({ id: z.string() }))
    .output(z.void())
    .errors(may(...storageErrors)),
}
