import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { EgressGrant } from '#shared/contract/egress.ts'
import { EgressMode } from '#shared/contract/egress.ts'
import { AppError } from '#shared/errors.ts'
import type { Audit, AuditEvent } from '../audit/audit.ts'
import { recordIfPossible } from '../audit/record-if-possible.ts'
import { recordThenDo } from '../audit/record-then-do.ts'
import type { Clock } from '../clock/clock.ts'
import { Listeners } from '../live/listeners.ts'
import type { Collection, Storage } from '../storage/storage.ts'
import { compilePolicy, grantProblem, type EgressPolicy } from './egress-policy.ts'
import { readHost } from './egress-target.ts'

const KeptGrant = z.object({
  id: z.string(),
  feature: z.string(),
  host: z.string(),
  port: z.number().nullable(),
  isLocal: z.boolean(),
  createdAt: z.coerce.date(),
  expiresAt: z.coerce.date().nullable(),
  /** Time of running that is left: a clock that is set back cannot prolong it. */
  leftMilliseconds: z.number().nullable(),
})
const Kept = z.object({ mode: EgressMode, grants: z.array(KeptGrant) })
type Kept = z.infer<typeof Kept>

interface LiveGrant {
  grant: EgressGrant
  /** By the monotonic clock. */
  deadline: number
}

export interface GrantRequest {
  feature: string
  /** As the person writes it; may end with a port. */
  host: string
  port?: number | null | undefined
  isLocal: boolean
  minutes?: number | null | undefined
}

interface Options {
  storage: Storage
  clock: Clock
  audit: Audit
}

const key = 'rules'
const tickMilliseconds = 60_000

/** The mode and the grants, kept in the vault's database. While that is shut, everything is offline and nothing is granted. */
export class EgressRules {
  readonly #options: Options
  readonly #kept: Collection<Kept>
  readonly #changes = new Listeners<void>()
  readonly #stopListening: () => void
  #mode: EgressMode = 'offline'
  #live: LiveGrant[] = []
  #isLocked = true
  #policy: EgressPolicy | null = null
  /** When the first grant ends, by either clock. */
  #ends = { deadline: Infinity, time: Infinity }
  #timer: ReturnType<typeof setTimeout> | null = null

  constructor(options: Options) {
    this.#options = options
    this.#kept = options.storage.collection('egress', Kept)
    this.#load()
    this.#stopListening = options.storage.onChange(() => {
      this.#load()
      this.#changes.tell()
    })
  }

  get mode(): EgressMode {
    return this.policy().mode
  }

  get isLocked(): boolean {
    return this.#isLocked
  }

  grants(): EgressGrant[] {
    this.#expire()
    return this.#live.map(({ grant }) => grant)
  }

  /** What is in force now; the same object until something changes. */
  policy(): EgressPolicy {
    this.#expire()
    this.#policy ??= compilePolicy(this.#mode, this.#isLocked, this.#live.map(({ grant }) => grant))
    return this.#policy
  }

  /** Throws as `Storage` and `Audit` do; then nothing has changed, but that going offline holds until Cortex ends. */
  setMode(mode: EgressMode): void {
    this.#expire()
    const from = this.#mode
    if (from === mode && !this.#isLocked) return
    const event = { kind: 'egress.mode', actor: 'person', outcome: 'done', subject: mode, details: { from } } as const
    if (mode === 'offline') this.#close(event, mode, this.#live)
    else recordThenDo(this.#options.audit, event, () => this.#keep(mode, this.#live))
  }

  /** Throws EGRESS_ADDRESS_INVALID, EGRESS_GRANT_REFUSED, and as `Storage` and `Audit` do. One for the same feature, host and port is replaced. */
  grant({ feature, host: written, port: given, isLocal, minutes }: GrantRequest): EgressGrant {
    this.#expire()
    const { clock, audit } = this.#options
    const { host, port: named } = readHost(written)
    const port = given ?? named
    const problem = grantProblem(host, port)
    if (problem !== null) throw new AppError('EGRESS_GRANT_REFUSED', { host, reason: problem })
    const createdAt = clock.now()
    const left = minutes === null || minutes === undefined ? null : minutes * 60_000
    const grant: EgressGrant = { id: randomUUID(), feature, host, port, isLocal, createdAt, expiresAt: left === null ? null : new Date(createdAt.getTime() + left) }
    const event = { kind: 'egress.grant', actor: 'person', outcome: 'allowed', subject: host, details: { feature, port, isLocal, minutes: minutes ?? null } } as const
    const others = this.#live.filter(({ grant: other }) => other.host !== host || other.port !== port || other.feature !== feature)
    recordThenDo(audit, event, () => this.#keep(this.#mode, [...others, { grant, deadline: left === null ? Infinity : clock.monotonic() + left }]))
    return grant
  }

  /** Throws EGRESS_GRANT_NOT_FOUND, and as `Storage` does where the grant would come back at the next start. */
  revoke(id: string): void {
    this.#expire()
    const found = this.#live.find(({ grant }) => grant.id === id)
    if (!found) throw new AppError('EGRESS_GRANT_NOT_FOUND', { id })
    const event = { kind: 'egress.revoke', actor: 'person', outcome: 'done', subject: found.grant.host, details: { feature: found.grant.feature, port: found.grant.port } } as const
    this.#close(event, this.#mode, this.#live.filter(one => one !== found))
  }

  onChange(listener: () => void): () => void {
    return this.#changes.add(listener)
  }

  dispose(): void {
    this.#stopListening()
    if (this.#timer) clearTimeout(this.#timer)
    if (!this.#isLocked && this.#ends.deadline !== Infinity) this.#checkpoint()
  }

  #load(): void {
    this.#isLocked = this.#options.storage.problem !== null
    const { clock } = this.#options
    const kept = this.#isLocked ? null : this.#kept.get(key)
    const now = clock.now().getTime()
    const monotonic = clock.monotonic()
    this.#set(
      kept?.mode ?? 'offline',
      (kept?.grants ?? []).map(({ leftMilliseconds: left, ...grant }) => ({
        grant,
        deadline: grant.expiresAt === null ? Infinity : monotonic + Math.min(left ?? 0, grant.expiresAt.getTime() - now),
      })),
    )
    this.#expire()
  }

  /** What closes the door holds at once, also where it can be neither recorded nor kept for the next start, which is then said. */
  #close(event: AuditEvent, mode: EgressMode, live: LiveGrant[]): void {
    this.#set(mode, live)
    this.#changes.tell()
    recordIfPossible(this.#options.audit, event)
    this.#write(mode, live)
  }

  #keep(mode: EgressMode, live: LiveGrant[]): void {
    this.#write(mode, live)
    this.#set(mode, live)
    this.#changes.tell()
  }

  #write(mode: EgressMode, live: readonly LiveGrant[]): void {
    const monotonic = this.#options.clock.monotonic()
    this.#kept.put(key, { mode, grants: live.map(({ grant, deadline }) => ({ ...grant, leftMilliseconds: deadline === Infinity ? null : deadline - monotonic })) })
  }

  #set(mode: EgressMode, live: LiveGrant[]): void {
    this.#mode = mode
    this.#live = live
    this.#policy = null
    this.#ends = { deadline: Math.min(Infinity, ...live.map(one => one.deadline)), time: Math.min(Infinity, ...live.map(({ grant }) => grant.expiresAt?.getTime() ?? Infinity)) }
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    if (this.#ends.deadline === Infinity) return
    const rest = Math.max(0, this.#ends.deadline - this.#options.clock.monotonic())
    this.#timer = setTimeout(() => this.#tick(), Math.min(tickMilliseconds, rest + 1)).unref()
  }

  #tick(): void {
    this.#timer = null
    if (this.#expire()) return
    this.#checkpoint()
    this.#set(this.#mode, this.#live)
  }

  /** Drops what has ended by either clock. */
  #expire(): boolean {
    const { clock } = this.#options
    const now = clock.now().getTime()
    const monotonic = clock.monotonic()
    if (monotonic < this.#ends.deadline && now < this.#ends.time) return false
    this.#set(this.#mode, this.#live.filter(({ grant, deadline }) => monotonic < deadline && now < (grant.expiresAt?.getTime() ?? Infinity)))
    this.#checkpoint()
    this.#changes.tell()
    return true
  }

  #checkpoint(): void {
    try {
      this.#write(this.#mode, this.#live)
    } catch {
      // The disk is full or the vault was locked: what is in force is in memory, and an ended grant ends again by its time.
    }
  }
}
