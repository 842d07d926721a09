import type { Secret, SecretHistoryEntry, SecretsEvent, SecretState } from '#shared/contract/secrets.ts'
import type { AuditFacts } from '../../platform/audit/audit-entry.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import { liveStream, newest } from '../../platform/live/live-stream.ts'
import type { StoredSecret } from '../../platform/secrets/stored-secret.ts'
import type { NewSecret, VaultSecrets } from '../../platform/secrets/vault-secrets.ts'
import type { Storage } from '../../platform/storage/storage.ts'
import { secretHistory } from './secret-history.ts'

const soonMilliseconds = 14 * 24 * 60 * 60_000
/** How often a watched list looks whether a secret has come to its end. */
const tickMilliseconds = 60_000

interface Dependencies {
  secrets: VaultSecrets
  storage: Storage
  clock: Clock
  /** The audit log's entries about secrets that hold this text, newest first. */
  readAudit: (text: string) => readonly AuditFacts[]
}

/** The secrets as a person manages them: everything but their values. */
export class SecretsService {
  readonly #dependencies: Dependencies
  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  watch(signal?: AbortSignal): AsyncGenerator<SecretsEvent, void, void> {
    const { secrets, storage } = this.#dependencies
    return liveStream<SecretsEvent>(
      push => {
        let last = this.#snapshot()
        const tell = (): void => push((last = this.#snapshot()))
        push(last)
        const stops = [secrets.onChange(tell), storage.onChange(tell)]
        const timer = setInterval(() => {
          if (states(this.#snapshot()) !== states(last)) tell()
        }, tickMilliseconds)
        timer.unref()
        return () => {
          clearInterval(timer)
          for (const stop of stops) stop()
        }
      },
      { signal, limit: 1, collapse: newest },
    )
  }

  add({ value, ...secret }: NewSecret & { value: string }): void {
    withBytes(value, bytes => {
      this.#dependencies.secrets.add(secret, bytes)
    })
  }

  rotate(name: string, value: string): void {
    withBytes(value, bytes => {
      this.#dependencies.secrets.rotate(name, bytes)
    })
  }

  setExpiry(name: string, expiresAt: Date | null): void {
    this.#dependencies.secrets.setExpiry(name, expiresAt)
  }

  delete(name: string): void {
    this.#dependencies.secrets.delete(name)
  }

  history(name: string): SecretHistoryEntry[] {
    return secretHistory(this.#dependencies.readAudit(name), name)
  }

  #snapshot(): SecretsEvent {
    const { secrets, storage, clock } = this.#dependencies
    if (storage.problem) return { type: 'snapshot', isLocked: true, secrets: [] }
    const now = clock.now()
    return { type: 'snapshot', isLocked: false, secrets: secrets.list().map(secret => describe(secret, secrets.isOver(secret), now)) }
  }
}

function describe({ name, description, createdAt, rotatedAt, expiresAt, lastUsedAt, uses }: StoredSecret, isOver: boolean, now: Date): Secret {
  return { name, description, createdAt, rotatedAt, expiresAt, lastUsedAt, uses, state: stateOf(expiresAt, isOver, now) }
}

function stateOf(expiresAt: Date | null, isOver: boolean, now: Date): SecretState {
  if (isOver) return 'expired'
  if (expiresAt === null) return 'valid'
  const left = expiresAt.getTime() - now.getTime()
  return left <= soonMilliseconds ? 'expires-soon' : 'valid'
}

function states(event: SecretsEvent): string {
  return event.secrets.map(secret => secret.state).join()
}

/** The bytes of a value, zeros once it is sealed. The text itself belongs to the garbage collector. */
function withBytes(value: string, work: (bytes: Buffer) => void): void {
  const bytes = Buffer.from(value, 'utf8')
  try {
    work(bytes)
  } finally {
    bytes.fill(0)
  }
}
