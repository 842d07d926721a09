import { createHmac, type KeyObject } from 'node:crypto'
import { AppError, isAppError } from '#shared/errors.ts'
import type { Clock } from '../clock/clock.ts'
import { Listeners } from '../live/listeners.ts'
import type { Log } from '../log/log.ts'
import { maskEvent } from '../redaction/mask-event.ts'
import type { Storage } from '../storage/storage.ts'
import type { Vault } from '../vault/vault.ts'
import type { Audit, AuditEvent } from './audit.ts'
import { AuditChain } from './audit-chain.ts'
import { auditKey, pendingEntry, type PendingEntry } from './audit-entry.ts'
import type { SealReason } from './audit-seal.ts'
import { clockJump } from './clock-jump.ts'

const commitMilliseconds = 80
const retryMilliseconds = 5000
const mostAtOnce = 500
const mostWaiting = 1000
const sealEntries = 1000
const sealMilliseconds = 10 * 60_000

interface Dependencies {
  storage: Storage
  vault: Vault
  headPath: string
  clock: Clock
  log: Log
  /** Masks secrets in subjects and details. */
  mask?: (text: string) => string
}

export type AuditProblem = AppError

/** The audit log in the encrypted database. Entries are chained and committed in groups; see `audit-chain.ts` for what a kill leaves. */
export class AuditLog implements Audit {
  readonly #dependencies: Dependencies
  readonly #changes = new Listeners<void>()
  readonly #startedAt: number
  readonly #stopListening: () => void
  #chain: AuditChain | null = null
  #contentKey: KeyObject | null = null
  #pending: PendingEntry[] = []
  #problem: AuditProblem | null = null
  #missed = 0
  #timer: NodeJS.Timeout | null = null
  #sealTimer: NodeJS.Timeout | null = null
  #clockBefore: { at: number; uptime: number } | null = null

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
    this.#startedAt = dependencies.clock.monotonic()
    this.#stopListening = dependencies.storage.onChange(() => this.#reopen())
    this.#reopen()
  }

  /** Why entries cannot be kept now, if so. */
  get problem(): AuditProblem | null {
    return this.#problem
  }

  /** The chain of the open database; null while that is shut. */
  get chain(): AuditChain | null {
    return this.#chain
  }

  /** Told after a commit, a seal and when `problem` changes. */
  onChange(listener: () => void): () => void {
    return this.#changes.add(listener)
  }

  record(event: AuditEvent): void {
    this.#add(this.#entries(event), event)
  }

  recordFirst(event: AuditEvent): void {
    const entries = this.#entries(event)
    this.#add(entries, event)
    this.#commit()
    if (!this.#problem) return
    // Written later it would tell of what was refused. It counts among those that are missing.
    const own = entries.at(-1)
    this.#pending = this.#pending.filter(entry => entry !== own)
    this.#missed++
    throw this.#problem
  }

  flush(): void {
    this.#commit()
    if (this.#problem) throw this.#problem
  }

  digest(text: string): string | null {
    if (!this.#contentKey) return null
    return createHmac('sha256', this.#contentKey).update(text).digest('hex')
  }

  /** Seals where the chain stands, after what waits; throws as `flush`. */
  seal(reason: SealReason): void {
    this.flush()
    this.#chain?.seal(reason)
    this.#changes.tell()
  }

  dispose(): void {
    this.#stopListening()
    this.#commit()
    this.#trySeal('exit')
    this.#clearTimers()
    this.#chain?.close()
    this.#chain = null
  }

  #add(entries: readonly PendingEntry[], event: AuditEvent): void {
    if (!this.#chain && waitsForTheVault(event)) {
      if (this.#pending.length < mostWaiting) this.#pending.push(...entries)
      return
    }
    if (this.#problem && this.#chain) this.#commit()
    if (this.#problem) {
      this.#missed++
      throw this.#problem
    }
    this.#pending.push(...entries)
    if (this.#pending.length >= mostAtOnce) this.#commit()
    else this.#timer ??= setTimeout(() => this.#commit(), commitMilliseconds)
  }

  #entries(event: AuditEvent): PendingEntry[] {
    const { clock, mask } = this.#dependencies
    const now = { at: clock.now().getTime(), uptime: clock.monotonic() - this.#startedAt }
    const jump = this.#clockBefore && clockJump(this.#clockBefore, now)
    this.#clockBefore = now
    return [...(jump ? [jump] : []), mask ? maskEvent(event, mask) : event].map(each => pendingEntry(each, new Date(now.at), now.uptime))
  }

  /** Writes what waits. Where that fails, it stays and is tried again; `problem` says why. */
  #commit(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    const chain = this.#chain
    if (!chain) return
    const had = this.#problem
    if (this.#pending.length === 0 && !had) return
    try {
      const missed = this.#missed > 0 ? this.#entries({ kind: 'audit.gap', actor: 'audit', outcome: 'failed', details: { finding: 'not-recorded', count: this.#missed } }) : []
      chain.append([...this.#pending, ...missed])
      this.#pending = []
      this.#missed = 0
      this.#problem = null
      if (chain.sequence - (chain.lastSeal?.sequence ?? 0) >= sealEntries) this.#trySeal('interval')
      else this.#sealTimer ??= setTimeout(() => this.#trySeal('interval'), sealMilliseconds).unref()
    } catch (error) {
      this.#fail(error)
      this.#timer = setTimeout(() => this.#commit(), retryMilliseconds).unref()
    }
    this.#changes.tell()
  }

  #fail(error: unknown): void {
    const { log } = this.#dependencies
    this.#problem = isAppError(error) ? error : new AppError('STORAGE_DAMAGED', { path: this.#dependencies.headPath }, { cause: error })
    log.error('The audit log cannot be written', { code: this.#problem.code, ...(isAppError(error) ? {} : { name: error instanceof Error ? error.name : typeof error }) })
  }

  #trySeal(reason: SealReason): void {
    if (this.#sealTimer) clearTimeout(this.#sealTimer)
    this.#sealTimer = null
    try {
      this.#chain?.seal(reason)
    } catch (error) {
      this.#dependencies.log.warn('The audit log was not sealed', { code: isAppError(error) ? error.code : 'unexpected' })
    }
    this.#changes.tell()
  }

  /** Takes up the chain of the database that is open now. */
  #reopen(): void {
    const { storage, vault, headPath, clock } = this.#dependencies
    this.#clearTimers()
    this.#chain?.close()
    this.#chain = null
    this.#contentKey = null
    this.#problem = storage.problem
    if (!storage.problem) {
      try {
        this.#chain = new AuditChain({ storage, vault, headPath, clock })
        this.#contentKey = auditKey(vault.key('audit'), 'content')
        this.#noteOpening(this.#chain)
        this.#timer ??= setTimeout(() => this.#commit(), commitMilliseconds)
      } catch (error) {
        this.#fail(error)
      }
    }
    this.#changes.tell()
  }

  #noteOpening({ gap, lastFound }: AuditChain): void {
    const noted: AuditEvent[] = []
    if (gap) noted.push({ kind: 'audit.gap', actor: 'audit', outcome: 'failed', details: { ...gap } })
    const { clock } = this.#dependencies
    const now = { at: clock.now().getTime(), uptime: 0 }
    const back = lastFound && lastFound.at > now.at ? clockJump({ at: lastFound.at, uptime: 0 }, now) : null
    if (back) noted.push(back)
    // Before what waited for the database to open: numbers that are gone are told first.
    this.#pending.unshift(...noted.flatMap(event => this.#entries(event)))
  }

  #clearTimers(): void {
    if (this.#timer) clearTimeout(this.#timer)
    if (this.#sealTimer) clearTimeout(this.#sealTimer)
    this.#timer = null
    this.#sealTimer = null
  }
}

/** What happens to a locked vault cannot be kept yet, and must not be lost. */
function waitsForTheVault({ kind }: AuditEvent): boolean {
  return kind.startsWith('vault.') || kind.startsWith('host.')
}
