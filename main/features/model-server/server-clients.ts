import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { ServerModels, ServerScope, type ServerClient } from '#shared/contract/model-server.ts'
import { AppError } from '#shared/errors.ts'
import type { Audit } from '../../platform/audit/audit.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import { Listeners } from '../../platform/live/listeners.ts'
import { changeIfRoom } from '../../platform/storage/change-if-room.ts'
import type { Collection, Storage } from '../../platform/storage/storage.ts'

/** How exactly the last use is kept: each time would be a write of its own to the disk. */
const useMilliseconds = 60_000

const StoredClient = z.object({
  id: z.string(),
  name: z.string(),
  /** SHA-256 of the token, in base64. A token has 256 random bits: nothing slower is needed to keep it from being guessed. */
  digest: z.string(),
  scopes: z.array(ServerScope),
  models: ServerModels,
  requestsPerMinute: z.number().int().nullable(),
  tokensPerMinute: z.number().int().nullable(),
  createdAt: z.coerce.date(),
  expiresAt: z.coerce.date().nullable(),
  lastUsedAt: z.coerce.date().nullable(),
})
export type StoredClient = z.infer<typeof StoredClient>

export type NewClient = Pick<StoredClient, 'name' | 'scopes' | 'models' | 'requestsPerMinute' | 'tokensPerMinute' | 'expiresAt'>

interface Dependencies {
  storage: Storage
  audit: Audit
  clock: Clock
}

interface Known {
  client: StoredClient
  digest: Buffer
}

const digestOf = (token: string): Buffer => createHash('sha256').update(token).digest()

/** The programs that may call the server. Of a token only the digest is kept, and every digest is compared, so that the time of an answer says nothing. */
export class ServerClients {
  readonly #dependencies: Dependencies
  readonly #kept: Collection<StoredClient>
  readonly #changes = new Listeners<void>()
  readonly #stopListening: () => void
  readonly #start: { at: number; uptime: number }
  /** Null: to be read again. */
  #known: Known[] | null = null

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
    const { storage, clock } = dependencies
    this.#start = { at: clock.now().getTime(), uptime: clock.monotonic() }
    this.#kept = storage.collection('model-server.clients', StoredClient)
    this.#stopListening = storage.onChange(() => this.#changed())
  }

  /** Nobody can be told from another while the database is shut. */
  get isLocked(): boolean {
    return this.#dependencies.storage.problem !== null
  }

  /** In the order of their making. Throws STORAGE_LOCKED, STORAGE_DAMAGED. */
  list(): ServerClient[] {
    return this.#read().map(({ client }) => this.#shown(client))
  }

  onChange(listener: () => void): () => void {
    return this.#changes.add(listener)
  }

  /** Throws SERVER_CLIENT_EXISTS and what the storage throws. The token is in this answer alone. */
  create(asked: NewClient): { client: ServerClient; token: string } {
    if (this.#read().some(({ client }) => client.name === asked.name)) throw new AppError('SERVER_CLIENT_EXISTS', { name: asked.name })
    const token = `cortex-${randomBytes(32).toString('base64url')}`
    const client: StoredClient = { ...asked, id: randomUUID(), digest: digestOf(token).toString('base64'), createdAt: this.#dependencies.clock.now(), lastUsedAt: null }
    const details = {
      scopes: asked.scopes.join(' '),
      models: asked.models === 'all' ? 'all' : asked.models.length,
      requestsPerMinute: asked.requestsPerMinute,
      tokensPerMinute: asked.tokensPerMinute,
      expires: asked.expiresAt?.toISOString() ?? 'never',
    }
    this.#dependencies.audit.record({ kind: 'server.client-add', actor: 'person', outcome: 'done', subject: asked.name, details })
    this.#kept.put(client.id, client)
    this.#changed()
    return { client: this.#shown(client), token }
  }

  /** Throws SERVER_CLIENT_NOT_FOUND and what the storage throws. */
  revoke(id: string): void {
    const known = this.#read().find(({ client }) => client.id === id)
    if (!known) throw new AppError('SERVER_CLIENT_NOT_FOUND', { id })
    this.#dependencies.audit.record({ kind: 'server.client-revoke', actor: 'person', outcome: 'done', subject: known.client.name })
    this.#kept.delete(id)
    this.#changed()
  }

  /** The client with this token; null for one that is unknown, revoked or past its end. */
  identify(token: string | undefined): StoredClient | null {
    if (this.isLocked) return null
    const wanted = digestOf(token ?? '')
    let found: StoredClient | null = null
    for (const { client, digest } of this.#read()) if (timingSafeEqual(digest, wanted)) found = client
    return found && !this.#isOver(found) ? found : null
  }

  /** Null once it was revoked. */
  get(id: string): StoredClient | null {
    return this.isLocked ? null : (this.#read().find(({ client }) => client.id === id)?.client ?? null)
  }

  noteUse(client: StoredClient): void {
    const now = this.#dependencies.clock.now()
    if (client.lastUsedAt && Math.abs(now.getTime() - client.lastUsedAt.getTime()) < useMilliseconds) return
    client.lastUsedAt = now
    changeIfRoom(() => this.#kept.put(client.id, client))
    this.#changes.tell()
  }

  dispose(): void {
    this.#stopListening()
  }

  #read(): Known[] {
    if (this.isLocked) this.#known = null
    this.#known ??= this.#kept
      .entries()
      .map(({ value }) => ({ client: value, digest: Buffer.from(value.digest, 'base64') }))
      .filter(({ digest }) => digest.length === 32)
      .sort((a, b) => a.client.createdAt.getTime() - b.client.createdAt.getTime())
    return this.#known
  }

  #changed(): void {
    this.#known = null
    this.#changes.tell()
  }

  #shown({ digest: _digest, ...client }: StoredClient): ServerClient {
    return { ...client, isExpired: this.#isOver(client) }
  }

  /** A clock that is set back prolongs nothing that ended while Cortex ran. */
  #isOver({ expiresAt }: Pick<StoredClient, 'expiresAt'>): boolean {
    const { clock } = this.#dependencies
    const certain = this.#start.at + clock.monotonic() - this.#start.uptime
    return expiresAt !== null && Math.max(clock.now().getTime(), certain) >= expiresAt.getTime()
  }
}
