import { z } from 'zod'

/** One question to the process that asks the system's keychain; it answers once and is ended. */
export const KeychainRequest = z.discriminatedUnion('call', [
  z.object({ call: z.literal('name') }),
  z.object({ call: z.literal('get'), service: z.string(), account: z.string() }),
  z.object({ call: z.literal('set'), service: z.string(), account: z.string(), password: z.string() }),
  z.object({ call: z.literal('delete'), service: z.string(), account: z.string() }),
])
export type KeychainRequest = z.infer<typeof KeychainRequest>

export const KeychainReply = z.discriminatedUnion('status', [
  z.object({ status: z.literal('done'), value: z.union([z.null(), z.string(), z.boolean(), z.object({ processId: z.number().int().positive() })]) }),
  z.object({ status: z.literal('failed'), reason: z.enum(['absent', 'locked', 'refused']) }),
])
export type KeychainReply = z.infer<typeof KeychainReply>
