import { oc } from '@orpc/contract'
import { z } from 'zod'
import { may } from '#shared/errors.ts'

/** Key and salt of a database, 48 bytes as hexadecimal digits. */
const key = z.string().regex(/^[0-9a-f]{96}$/)
const faults = may('STORAGE_DAMAGED', 'STORAGE_FULL')

/** Heavy work on database files that nobody writes to; all paths are absolute. A file at `to` appears whole or not at all. */
export const keeper = {
  /** Copies a file and makes the copy durable. */
  copy: oc.input(z.object({ from: z.string(), to: z.string() })).output(z.void()).errors(faults),
  /** Checks every page and index of the database `from`, writes it without its gaps to `to` under the same key, and checks that too. */
  pack: oc.input(z.object({ from: z.string(), key, to: z.string() })).output(z.object({ sizeBytes: z.number() })).errors(faults),
  /** Writes the database `from` to `to` under another key and checks it. Tables that are not in `tables` are emptied; null keeps all. */
  rekey: oc.input(z.object({ from: z.string(), key, to: z.string(), newKey: key, tables: z.array(z.string()).nullable() })).output(z.void()).errors(faults),
  /** What a check of every page and index finds; empty where all is well. */
  check: oc.input(z.object({ path: z.string(), key })).output(z.array(z.string())).errors(faults),
}
