import { z } from 'zod'

/** First line on the control socket. `open` is answered with one line and the end; after `rpc` both sides send RPC frames, one a line. */
export const ControlRequest = z.discriminatedUnion('type', [
  z.object({ type: z.literal('open'), folder: z.string().nullable() }),
  z.object({ type: z.literal('rpc') }),
])
export type ControlRequest = z.infer<typeof ControlRequest>

/** What a start prints: where the page is, the bearer for API clients and the host's process. */
export const HostLine = z.object({ url: z.string(), token: z.string(), pid: z.number().int() })
export type HostLine = z.infer<typeof HostLine>

export const ControlAnswer = z.discriminatedUnion('type', [
  z.object({ type: z.literal('line'), line: HostLine }),
  z.object({ type: z.literal('error'), code: z.string(), data: z.unknown() }),
])
export type ControlAnswer = z.infer<typeof ControlAnswer>
