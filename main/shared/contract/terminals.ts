import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { may } from '../errors.ts'

/** How a terminal ended: by its shell, or because the process that held all shells crashed and took them with it. */
export const TerminalExit = z.object({ reason: z.enum(['shell-ended', 'worker-crashed']), code: z.number().int().nullable(), signal: z.string().nullable() })
export type TerminalExit = z.infer<typeof TerminalExit>

export const Terminal = z.object({
  id: z.string(),
  workspaceId: z.string(),
  /** Given by the person, else the shell's name. Titles that programs set are never taken. */
  title: z.string(),
  shell: z.string(),
  cwd: z.string(),
  pid: z.number().int(),
  columns: z.number().int(),
  rows: z.number().int(),
  exit: TerminalExit.nullable(),
  createdAt: z.date(),
})
export type Terminal = z.infer<typeof Terminal>

export const TerminalOutput = z.discriminatedUnion('type', [
  /** What the screen needs to look as it did: replay it with answers to the shell muted. `position` counts all characters so far. */
  z.object({ type: z.literal('snapshot'), attachmentId: z.string(), replay: z.string(), position: z.number(), columns: z.number().int(), rows: z.number().int() }),
  z.object({ type: z.literal('data'), data: z.string(), position: z.number() }),
  z.object({ type: z.literal('exit'), code: z.number().int().nullable(), signal: z.string().nullable() }),
])
export type TerminalOutput = z.infer<typeof TerminalOutput>

const size = { columns: z.number().int().min(2).max(1000), rows: z.number().int().min(1).max(500) }
const one = z.object({ workspaceId: z.string(), terminalId: z.string() })
const missing = may('WORKSPACE_NOT_FOUND', 'TERMINAL_NOT_FOUND')
const worker = may('WORKER_CRASHED', 'WORKER_UNAVAILABLE')

export const terminals = {
  create: oc
    .route({ method: 'POST', summary: "Start the user's shell in the workspace." })
    .input(z.object({ workspaceId: z.string(), ...size }))
    .output(Terminal)
    .errors({ ...may('WORKSPACE_NOT_FOUND', 'TERMINAL_START_FAILED'), ...worker }),
  watch: oc
    .route({ method: 'GET', summary: 'Terminals of a workspace, now and as they change.' })
    .input(z.object({ workspaceId: z.string() }))
    .output(eventIterator(z.object({ type: z.literal('snapshot'), terminals: z.array(Terminal) })))
    .errors(may('WORKSPACE_NOT_FOUND')),
  attach: oc
    .route({ method: 'GET', summary: 'The output of one terminal: a replay, then what comes. Acknowledge what was shown; at most 128 kB is in flight.' })
    .input(one)
    .output(eventIterator(TerminalOutput))
    .errors({ ...missing, ...worker }),
  acknowledge: oc
    .route({ method: 'POST', summary: 'Say up to which position the output has been shown.' })
    .input(one.extend({ attachmentId: z.string(), position: z.number().nonnegative() }))
    .output(z.void())
    .errors(missing),
  write: oc.route({ method: 'POST', summary: 'Type into a terminal.' }).input(one.extend({ data: z.string().max(1_000_000) })).output(z.void()).errors({ ...missing, ...worker }),
  resize: oc.route({ method: 'POST', summary: 'Tell a terminal its size in cells.' }).input(one.extend(size)).output(z.void()).errors({ ...missing, ...worker }),
  rename: oc
    .route({ method: 'POST', summary: 'Name a terminal.' })
    .input(one.extend({ title: z.string().trim().min(1).max(100) }))
    .output(Terminal)
    .errors(missing),
  close: oc.route({ method: 'POST', summary: 'End a terminal: hang up, then kill after 2 s.' }).input(one).output(z.void()).errors(missing),
}
