import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { may } from '../errors.ts'

/** `offline`: nothing but granted ports of this machine. `local`: machines that were named here. `ask`: each new host asks first. `list`: granted hosts, nothing else. */
export const EgressMode = z.enum(['offline', 'local', 'ask', 'list'])
export type EgressMode = z.infer<typeof EgressMode>

/** A feature by its name, or `*` for all. */
const FeatureName = z.string().regex(/^(\*|[a-z][a-z0-9-]{0,39})$/)

/** A host that may be connected to, by whom and until when. */
export const EgressGrant = z.object({
  id: z.string(),
  feature: FeatureName,
  /** A name or an address, lower case. */
  host: z.string(),
  /** Null: the web's own ports, 80 and 443. */
  port: z.number().int().min(1).max(65_535).nullable(),
  /** Whether the host may be a machine of the local network or this one; a name that is granted without this may only lead to public addresses. */
  isLocal: z.boolean(),
  createdAt: z.date(),
  /** Null: until it is revoked. */
  expiresAt: z.date().nullable(),
})
export type EgressGrant = z.infer<typeof EgressGrant>

/** A connection that waits for the person's word. */
export const EgressQuestion = z.object({
  id: z.string(),
  feature: z.string(),
  why: z.string(),
  host: z.string(),
  port: z.number().int(),
  /** Whether the host is, by its address, this machine or one of the local network. */
  isLocal: z.boolean(),
  /** Asked about what would be masked, and how much of each kind: whether it may leave as it is, this once. Absent: asked about the connection. */
  unmasked: z.record(z.string(), z.number().int()).optional(),
  askedAt: z.date(),
  /** Refused by itself at this time. */
  expiresAt: z.date(),
})
export type EgressQuestion = z.infer<typeof EgressQuestion>

export const EgressAnswer = z.enum(['once', 'hour', 'always', 'refuse'])
export type EgressAnswer = z.infer<typeof EgressAnswer>

export const EgressState = z.object({
  type: z.literal('snapshot'),
  mode: EgressMode,
  /** The vault is locked: offline, without any grant, until it opens. */
  isLocked: z.boolean(),
  /** Whether connections outside the door are refused within the host's process. */
  isHostGuarded: z.boolean(),
  grants: z.array(EgressGrant),
  questions: z.array(EgressQuestion),
})
export type EgressState = z.infer<typeof EgressState>

export const EgressCheck = z.object({
  host: z.string(),
  port: z.number().int(),
  decision: z.enum(['allowed', 'refused', 'asked']),
  /** The rule that decides, in words. */
  rule: z.string(),
})
export type EgressCheck = z.infer<typeof EgressCheck>

const storageErrors = ['STORAGE_LOCKED', 'STORAGE_FULL', 'STORAGE_DAMAGED'] as const

export const egress = {
  watch: oc.route({ method: 'GET', summary: 'The mode of the network, the grants and the questions that wait, now and as they change.' }).output(eventIterator(EgressState)),
  setMode: oc
    .route({ method: 'POST', summary: 'Change the mode of the network.' })
    .input(z.object({ mode: EgressMode }))
    .output(z.void())
    .errors(may(...storageErrors)),
  grant: oc
    .route({ method: 'POST', summary: 'Let a feature connect to a host, for some minutes (1 to 525,600) or until it is revoked.' })
    .input(z.object({ feature: FeatureName.default('*'), host: z.string().min(1).max(260), port: z.number().int().min(1).max(65_535).nullish(), isLocal: z.boolean().default(false), minutes: z.number().min(1).max(525_600).nullish() }))
    .output(EgressGrant)
    .errors(may('EGRESS_ADDRESS_INVALID', 'EGRESS_GRANT_REFUSED', ...storageErrors)),
  revoke: oc
    .route({ method: 'POST', summary: 'Take a grant back; connections that are open through it are closed.' })
    .input(z.object({ id: z.string() }))
    .output(z.void())
    .errors(may('EGRESS_GRANT_NOT_FOUND', ...storageErrors)),
  answer: oc
    .route({ method: 'POST', summary: 'Answer a question that waits: once, for an hour, always for this feature, or refuse.' })
    .input(z.object({ id: z.string(), answer: EgressAnswer }))
    .output(z.void())
    .errors(may('EGRESS_QUESTION_NOT_FOUND', ...storageErrors)),
  check: oc
    .route({ method: 'POST', summary: 'What would happen to a connection to this address and by which rule; nothing is connected and no name is looked up.' })
    .input(z.object({ url: z.string().min(1).max(8192), feature: FeatureName.default('try') }))
    .output(EgressCheck)
    .errors(may('EGRESS_ADDRESS_INVALID')),
  try: oc
    .route({ method: 'POST', summary: 'Really get an address through the door, as the feature `try`; the body is counted in bytes and dropped.' })
    .input(z.object({ url: z.string().min(1).max(8192) }))
    .output(z.object({ status: z.number().int(), bytes: z.number(), url: z.string(), address: z.string() }))
    .errors(may('EGRESS_ADDRESS_INVALID', 'EGRESS_REFUSED', 'EGRESS_FAILED', 'EGRESS_TIMED_OUT', 'EGRESS_TOO_LARGE', ...storageErrors)),
  report: oc
    .route({ method: 'POST', summary: "For the page: what its policy kept from being loaded goes into the ledger; at most 20 a minute, and nothing of the address but its host." })
    .input(z.object({ directive: z.string().max(60), host: z.string().max(260), port: z.number().int().min(0).max(65_535) }))
    .output(z.void()),
}
