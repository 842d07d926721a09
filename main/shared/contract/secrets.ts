import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { may } from '../errors.ts'

export const SecretState = z.enum(['valid', 'expires-soon', 'expired'])
export type SecretState = z.infer<typeof SecretState>

/** What is known of a secret. Its value stands in no answer. */
export const Secret = z.object({
  name: z.string(),
  description: z.string(),
  createdAt: z.date(),
  /** When the value was last replaced. */
  rotatedAt: z.date().nullable(),
  expiresAt: z.date().nullable(),
  lastUsedAt: z.date().nullable(),
  uses: z.number().int(),
  /** `expires-soon`: within 14 days. */
  state: SecretState,
})
export type Secret = z.infer<typeof Secret>

export const SecretsEvent = z.object({ type: z.literal('snapshot'), isLocked: z.boolean(), secrets: z.array(Secret) })
export type SecretsEvent = z.infer<typeof SecretsEvent>

/** A line of the audit log about one secret. */
export const SecretHistoryEntry = z.object({
  at: z.date(),
  action: z.enum(['added', 'rotated', 'expiry set', 'used', 'deleted']),
  actor: z.string(),
  outcome: z.enum(['done', 'allowed', 'refused', 'failed']),
  /** What it was used for, or the new end. */
  detail: z.string(),
})
export type SecretHistoryEntry = z.infer<typeof SecretHistoryEntry>

const name = z.string()
/** Goes in and never comes out. Up to 64 KiB of UTF-8. */
const value = z.string()
const storageErrors = ['STORAGE_LOCKED', 'STORAGE_DAMAGED', 'STORAGE_FULL'] as const

export const secrets = {
  watch: oc.route({ method: 'GET', summary: 'Names, dates and uses of the secrets kept, now and as they change; never a value.' }).output(eventIterator(SecretsEvent)),
  add: oc
    .route({ method: 'POST', summary: 'Keep a secret under a name. The value is sealed in the vault and no procedure gives it back.' })
    .input(z.object({ name, description: z.string().max(200).default(''), value, expiresAt: z.coerce.date().nullable().default(null) }))
    .output(z.void())
    .errors(may('SECRET_NAME_INVALID', 'SECRET_EXISTS', 'SECRET_EMPTY', 'SECRET_TOO_LARGE', ...storageErrors)),
  rotate: oc
    .route({ method: 'POST', summary: 'Replace the value of a secret; the old one is gone for good.' })
    .input(z.object({ name, value }))
    .output(z.void())
    .errors(may('SECRET_NOT_FOUND', 'SECRET_EMPTY', 'SECRET_TOO_LARGE', ...storageErrors)),
  setExpiry: oc
    .route({ method: 'POST', summary: 'Set when a secret ends; after that it cannot be used until it is replaced. Null: never.' })
    .input(z.object({ name, expiresAt: z.coerce.date().nullable() }))
    .output(z.void())
    .errors(may('SECRET_NOT_FOUND', ...storageErrors)),
  delete: oc
    .route({ method: 'POST', summary: 'Delete a secret for good. Its history stays in the audit log.' })
    .input(z.object({ name }))
    .output(z.void())
    .errors(may('SECRET_NOT_FOUND', ...storageErrors)),
  history: oc
    .route({ method: 'GET', summary: 'What was done with a secret and who used it, from the audit log, newest first, up to 500 lines.' })
    .input(z.object({ name }))
    .output(z.array(SecretHistoryEntry))
    .errors(may(...storageErrors)),
}
