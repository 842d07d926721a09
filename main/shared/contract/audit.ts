import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { errorCatalog, may, type ErrorCode } from '../errors.ts'

const errorCodes = Object.keys(errorCatalog) as [ErrorCode, ...ErrorCode[]]
const storage = may('STORAGE_FULL', 'STORAGE_LOCKED', 'STORAGE_DAMAGED')
const Sequence = z.number().int().nonnegative()

export const AuditOutcome = z.enum(['done', 'allowed', 'refused', 'failed'])
export type AuditOutcome = z.infer<typeof AuditOutcome>

/** One entry of the audit log. It never holds the content of prompts, files, terminals or secrets. */
export const AuditEntry = z.object({
  /** Counts from 1; the order, whatever the clock said. */
  sequence: Sequence,
  at: z.date(),
  /** Milliseconds since the host started, by a clock that only goes forward. */
  uptime: z.number(),
  /** The area and what happened in it, such as `secret.use`. */
  kind: z.string(),
  /** `person`, or the feature that acted. */
  actor: z.string(),
  outcome: z.string(),
  subject: z.string().nullable(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
})
export type AuditEntry = z.infer<typeof AuditEntry>

/** Something in the log that is not as it was written. */
export const AuditFinding = z.object({
  finding: z.enum([
    'edited', 'removed', 'inserted', 'reordered', 'truncated', 'end-missing', 'some-missing', 'other-key',
    'last-entry-differs', 'head-missing', 'head-damaged', 'head-foreign', 'head-behind',
    'seal-invalid', 'seal-missing', 'seal-differs',
  ]),
  /** The first entry concerned, and the last; for two that changed places the two. */
  from: z.number().int(),
  to: z.number().int(),
  /** What of the entry was edited, where that is known: what it says, its hash or its MAC. */
  field: z.enum(['content', 'hash', 'mac']).nullable(),
  /** Cortex found it at a start and wrote that down. */
  isNoted: z.boolean(),
})
export type AuditFinding = z.infer<typeof AuditFinding>

export const AuditReport = z.object({
  at: z.date(),
  entries: z.number().int(),
  seals: z.number().int(),
  firstSequence: Sequence,
  lastSequence: Sequence,
  milliseconds: z.number(),
  /** Empty when every entry is as it was written. */
  findings: z.array(AuditFinding),
})
export type AuditReport = z.infer<typeof AuditReport>

export const AuditState = z.object({
  type: z.literal('snapshot'),
  entries: z.number().int(),
  lastSequence: Sequence,
  sealedAt: z.date().nullable(),
  sealedSequence: Sequence.nullable(),
  /** Of the key that seals; null while the vault is locked. */
  keyFingerprint: z.string().nullable(),
  /** The last verification of this run; null before the first. */
  report: AuditReport.nullable(),
  isVerifying: z.boolean(),
  /** Why entries cannot be kept now. */
  problem: z.object({ code: z.enum(errorCodes), data: z.unknown() }).nullable(),
})
export type AuditState = z.infer<typeof AuditState>

export const VerifyEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), checked: z.number().int(), total: z.number().int() }),
  z.object({ type: z.literal('report'), report: AuditReport }),
])
export type VerifyEvent = z.infer<typeof VerifyEvent>

const filter = z.object({
  /** An area such as `vault`, or a whole kind. */
  kind: z.string().max(100).optional(),
  actor: z.string().max(200).optional(),
  outcome: AuditOutcome.optional(),
  /** A part of any field, in any case. */
  text: z.string().max(500).optional(),
  from: Sequence.optional(),
  to: Sequence.optional(),
})
export type AuditQuery = z.infer<typeof filter>

export const audit = {
  watch: oc.route({ method: 'GET', summary: 'How many entries the audit log holds, when it was sealed, what its last verification found and whether it can be written; now and as it changes.' }).output(eventIterator(AuditState)),
  query: oc
    .route({ method: 'POST', summary: 'Entries of the audit log, newest first, up to 500 at once; `before` is the lowest sequence of the page before.' })
    .input(filter.extend({ before: Sequence.optional(), limit: z.number().int().min(1).max(500).default(200) }))
    .output(z.object({ entries: z.array(AuditEntry), hasMore: z.boolean() }))
    .errors(storage),
  verify: oc
    .route({ method: 'POST', summary: 'Check every entry, every seal and the head file, with progress; the report names each entry that was edited, removed or moved.' })
    .output(eventIterator(VerifyEvent))
    .errors(storage),
  export: oc
    .route({ method: 'POST', summary: 'The entries as lines of JSON (with hashes, seals and public key, so that another machine can verify them) or of CEF for a SIEM, in pieces of text.' })
    .input(filter.omit({ text: true }).extend({ format: z.enum(['jsonl', 'cef']) }))
    .output(eventIterator(z.object({ text: z.string() })))
    .errors(storage),
  exportTo: oc
    .route({ method: 'POST', summary: 'Write the same into a file on this machine, by absolute path, readable by its owner alone. It must not exist yet.' })
    .input(filter.omit({ text: true }).extend({ format: z.enum(['jsonl', 'cef']), path: z.string().min(1).max(4096) }))
    .output(z.object({ sizeBytes: z.number().int() }))
    .errors({ ...storage, ...may('FILE_EXISTS', 'FILE_NOT_WRITABLE', 'FOLDER_NOT_FOUND', 'DISK_FULL') }),
  recordInsertion: oc
    .route({ method: 'POST', summary: 'Tell the audit log that the person put code of an answer, or a suggestion, into a file; the code itself is not sent.' })
    .input(
      z.object({
        source: z.enum(['chat', 'completion']),
        /** Path within its folder. */
        path: z.string().min(1).max(4096),
        lines: z.number().int().nonnegative(),
        characters: z.number().int().nonnegative(),
      }),
    )
    .output(z.void()),
}
