import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { may } from '#shared/errors.ts'

/** A worker small enough to break in every way. */
export const echo = {
  say: oc.input(z.string()).output(z.string()),
  count: oc.input(z.object({ to: z.number(), milliseconds: z.number() })).output(eventIterator(z.number())),
  environment: oc.output(z.record(z.string(), z.string())),
  refuse: oc.output(z.void()).errors(may('MODEL_NOT_FOUND')),
  refuseLate: oc.output(eventIterator(z.number())).errors(may('MODEL_NOT_FOUND')),
  /** A bug whose message quotes what nobody may see. */
  bug: oc.output(z.void()),
  reject: oc.output(z.void()),
  /** Never gives the event loop back. */
  hang: oc.output(z.void()),
  connect: oc.input(z.object({ port: z.number() })).output(z.string()),
}
