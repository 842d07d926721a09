import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { may } from '#shared/errors.ts'

/** Names the variable that holds the core filter of the person's own programs. */
export const coreFilterVariable = 'CORTEX_CORE_FILTER'

export const PtyOutput = z.discriminatedUnion('type', [
  z.object({ type: z.literal('snapshot'), replay: z.string(), position: z.number(), columns: z.number().int(), rows: z.number().int() }),
  z.object({ type: z.literal('data'), data: z.string(), position: z.number() }),
  z.object({ type: z.literal('exit'), code: z.number().int().nullable(), signal: z.string().nullable() }),
])
export type PtyOutput = z.infer<typeof PtyOutput>

export const PtyExit = z.object({ id: z.string(), code: z.number().int().nullable(), signal: z.string().nullable() })
export type PtyExit = z.infer<typeof PtyExit>

const one = z.object({ id: z.string() })
const size = { columns: z.number().int(), rows: z.number().int() }

/** Shells on pseudo-terminals. Positions count characters (UTF-16 units) of decoded output since the start. */
export const pty = {
  start: oc
    .input(z.object({ id: z.string(), shell: z.string(), args: z.array(z.string()), cwd: z.string(), env: z.record(z.string(), z.string()), ...size }))
    .output(z.object({ pid: z.number().int() }))
    .errors(may('TERMINAL_START_FAILED')),
  /** The end of each shell, as it comes; a reader that is late still gets the ends it missed. */
  watchExits: oc.output(eventIterator(PtyExit)),
  /** A replay, then what comes; at most 128 kB of UTF-8 is sent and not acknowledged. */
  attach: oc.input(one.extend({ attachmentId: z.string() })).output(eventIterator(PtyOutput)).errors(may('TERMINAL_NOT_FOUND')),
  acknowledge: oc.input(one.extend({ attachmentId: z.string(), position: z.number() })).output(z.void()),
  write: oc.input(one.extend({ data: z.string() })).output(z.void()).errors(may('TERMINAL_NOT_FOUND')),
  resize: oc.input(one.extend(size)).output(z.void()).errors(may('TERMINAL_NOT_FOUND')),
  /** Hangs up, and kills what has not ended after 2 s; answers when it has gone. */
  close: oc.input(one).output(z.void()),
}
