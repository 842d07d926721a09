import { z } from 'zod'

export const secretLimitBytes = 64 * 1024

/** One secret as it is kept; `sealed` is base64 of what `seal` made. */
export const StoredSecret = z.object({
  name: z.string(),
  description: z.string(),
  createdAt: z.coerce.date(),
  rotatedAt: z.coerce.date().nullable(),
  expiresAt: z.coerce.date().nullable(),
  /** It was seen after its end: a clock that is set back does not bring it back. */
  hasEnded: z.boolean().optional(),
  lastUsedAt: z.coerce.date().nullable(),
  uses: z.number().int(),
  /** Counts up with each value, so that an older one cannot be put back unnoticed. */
  version: z.number().int(),
  sealed: z.string(),
})
export type StoredSecret = z.infer<typeof StoredSecret>

/** What a sealed value is bound to. */
export function sealContext({ name, version }: { name: string; version: number }): string {
  return `cortex secret\0${name}\0${version}`
}
