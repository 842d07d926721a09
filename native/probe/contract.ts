import { oc } from '@orpc/contract'
import { z } from 'zod'
import { Finding, Sink } from '#shared/contract/self-test.ts'

/** Arrivals at a sink since they were last taken, by `place vector`. */
export const Arrivals = z.record(z.string(), z.number())
export type Arrivals = z.infer<typeof Arrivals>

/** A process of the self-test: one opens the sinks, others try to reach them under the confinement of a real worker. */
export const probe = {
  /** Opens sinks on free ports of the addresses; those that cannot be opened are left out. */
  listen: oc.input(z.object({ interfaceAddress: z.string().nullable() })).output(z.array(Sink)),
  take: oc.output(Arrivals),
  /** Tries every way out to every sink. */
  attempt: oc.input(z.object({ sinks: z.array(Sink) })).output(z.array(Finding)),
  /** Bytes of a file, or the error code of reading it: for the proof of what a confined process can read. */
  read: oc.input(z.object({ path: z.string() })).output(z.union([z.object({ bytes: z.number() }), z.object({ refused: z.string() })])),
}
