import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { may } from '../errors.ts'

export const LedgerKind = z.enum(['connection', 'context'])
export const LedgerDecision = z.enum(['allowed', 'refused'])

/** Something that was asked for and would carry data out of a process (`connection`) or into a model's context (`context`). */
export const LedgerEntry = z.object({
  /** Grows with each entry. */
  sequence: z.number().int(),
  at: z.date(),
  kind: LedgerKind,
  /** The process or the feature that asked. */
  who: z.string(),
  why: z.string(),
  /** A host, or a path within its folder. */
  target: z.string(),
  address: z.string().optional(),
  port: z.number().optional(),
  decision: LedgerDecision,
  rule: z.string(),
  bytesIn: z.number(),
  bytesOut: z.number(),
  /** False while a connection is open. */
  isEnded: z.boolean(),
})
export type LedgerEntry = z.infer<typeof LedgerEntry>

const filter = {
  kind: LedgerKind.optional(),
  who: z.string().max(100).optional(),
  decision: LedgerDecision.optional(),
  /** The host or path itself, in any case. */
  target: z.string().max(300).optional(),
  /** A part of host, address, who, why or rule, in any case. */
  text: z.string().max(300).optional(),
  from: z.coerce.date().optional(),
  until: z.coerce.date().optional(),
}
export const LedgerFilter = z.object(filter)
export type LedgerFilter = z.infer<typeof LedgerFilter>

export const LedgerFormat = z.enum(['jsonl', 'csv'])
export type LedgerFormat = z.infer<typeof LedgerFormat>

export const LedgerTotals = z.object({
  /** When the oldest entry was noted; null where there is none. */
  since: z.date().nullable(),
  connections: z.object({ allowed: z.number(), refused: z.number() }),
  context: z.object({ allowed: z.number(), refused: z.number() }),
  /** Connections refused today, by who asked. */
  refusedToday: z.record(z.string(), z.number()),
})
export type LedgerTotals = z.infer<typeof LedgerTotals>

export const LedgerEvent = z.discriminatedUnion('type', [
  /** Newest first. Comes again when the vault opens. */
  z.object({ type: z.literal('snapshot'), entries: z.array(LedgerEntry), totals: LedgerTotals }),
  /** New entries and those whose counts changed, by their sequence. */
  z.object({ type: z.literal('entries-changed'), entries: z.array(LedgerEntry), totals: LedgerTotals }),
])
export type LedgerEvent = z.infer<typeof LedgerEvent>

export const ledger = {
  watch: oc
    .route({ method: 'GET', summary: 'The newest entries (1 to 1,000), then new ones as they come, and the totals.' })
    .input(z.object({ limit: z.coerce.number().int().min(1).max(1000) }))
    .output(eventIterator(LedgerEvent)),
  list: oc
    .route({ method: 'GET', summary: 'Entries that fit, newest first, up to 1,000; `before` takes the sequence of the last one for the next page.' })
    .input(z.object({ ...filter, limit: z.coerce.number().int().min(1).max(1000), before: z.coerce.number().int().optional() }))
    .output(z.object({ entries: z.array(LedgerEntry), hasMore: z.boolean() })),
  export: oc
    .route({ method: 'POST', summary: 'All entries that fit, oldest last, as text in parts: one JSON object a line, or comma-separated values with a head.' })
    .input(z.object({ ...filter, format: LedgerFormat }))
    .output(eventIterator(z.string())),
  exportTo: oc
    .route({ method: 'POST', summary: 'Write all entries that fit into a new file at an absolute path on the machine of the host; its size in bytes.' })
    .input(z.object({ ...filter, format: LedgerFormat, path: z.string().min(1).max(4096).regex(/^(\/|[A-Za-z]:[\\/]|\\\\)/, 'An absolute path is needed.') }))
    .output(z.object({ sizeBytes: z.number() }))
    .errors(may('FILE_EXISTS', 'FILE_NOT_FOUND', 'FILE_NOT_WRITABLE', 'FILE_NAME_INVALID', 'DISK_FULL')),
}
