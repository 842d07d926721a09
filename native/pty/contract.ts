import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { may } from '#shared/errors.ts'

export const PtyOutput = z.discriminatedUnion('type', [
  z.object({ type: z.literal('snapshot'), replay: z.string(), position: z.number(), columns: z.number().int(), rows: z.number().int() }),
  z.object({ type: z.literal('data'), data: z.string(), position: z.number() }),
  z.object({ type: z.literal('exit'), code: z.number().int().nullable(), signal: z.string().nullable() }),
])
export type PtyOutput = z.infer<typeof PtyOutput>

const one = z.object({ id: z.string() })
const size = { columns: z.number().int(), rows: z.number().int() }

/** Shells on pseudo-terminals. Positions count characters (UTF-16 units) of decoded output since the start. */
export const pty = {
  start: oc
    .input(z.object({ id: z.string(), shell: z.string(), args: z.array(z.string()), cwd: z.string(), env: z.record(z.string(), z.string()), ...size }))
    .output(z.object({ pid: z.number().int() }))
    .errors(may('TERMINAL_START_FAILED')),
  attach: oc.input(one.extend({ attachmentId: z.string() })).output(eventIterator(PtyOutput)).errors(may('TERMINAL_NOT_FOUND')),
  acknowledge: oc.input(one.extend({ attachmentId: z.string(), position: z.number() })).output(z.void()),
  write: oc.input(one.extend({ data: z.string() })).output(z.void()).errors(may('TERMINAL_NOT_FOUND')),
  resize: oc.input(one.extend(size)).output(z.void()).errors(may('TERMINAL_NOT_FOUND')),
  close: oc.input(one).output(z.void()),
}
