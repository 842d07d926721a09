import type { AuditEntry, AuditQuery, AuditReport, AuditState, VerifyEvent } from '#shared/contract/audit.ts'
import { AppError, isAppError } from '#shared/errors.ts'
import type { Settings } from '#shared/setting-definitions.ts'
import type { AuditLog } from '../../platform/audit/audit-log.ts'
import type { AuditChain } from '../../platform/audit/audit-chain.ts'
import { recordIfPossible } from '../../platform/audit/record-if-possible.ts'
import { verifyAudit } from '../../platform/audit/verify-audit.ts'
import { writeExport } from '../../platform/files/write-export.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import { Listeners } from '../../platform/live/listeners.ts'
import { liveStream, newest } from '../../platform/live/live-stream.ts'
import type { Log } from '../../platform/log/log.ts'
import { fingerprintOf, publicKeyOf } from '../../platform/vault/signing-key.ts'
import type { Vault } from '../../platform/vault/vault.ts'
import { entryOf } from './audit-entries.ts'
import { exportAudit, type ExportRequest } from './export-audit.ts'
import { rotateAudit } from './rotate-audit.ts'

const firstRotationMilliseconds = 60_000
const rotationMilliseconds = 24 * 60 * 60_000

interface Dependencies {
  audit: AuditLog
  vault: Vault
  clock: Clock
  settings: { values(): Promise<Pick<Settings, 'audit.keepDays' | 'audit.keepEntries'>> }
  version: string
  log: Log
}

interface Insertion {
  source: 'chat' | 'completion'
  path: string
  lines: number
  characters: number
}

/** The audit log for those who look at it: how it is, its entries, its verification, its export and its rotation. */
export class AuditService {
  readonly #dependencies: Dependencies
  readonly #changes = new Listeners<void>()
  readonly #stop: () => void
  readonly #end = new AbortController()
  #timer: NodeJS.Timeout
  #report: AuditReport | null = null
  #verifying = 0
  #isWatched = false

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
    this.#stop = dependencies.audit.onChange(() => this.#changes.tell())
    this.#timer = setTimeout(() => void this.#rotate(), firstRotationMilliseconds).unref()
  }

  state(): AuditState {
    const { audit, vault } = this.#dependencies
    const { chain, problem } = audit
    const seal = chain?.lastSeal ?? null
    return {
      type: 'snapshot',
      entries: chain ? countOf(chain) : 0,
      lastSequence: chain?.sequence ?? 0,
      sealedAt: seal && new Date(seal.at),
      sealedSequence: seal?.sequence ?? null,
      keyFingerprint: vault.isOpen ? fingerprintOf(publicKeyOf(vault)) : null,
      report: this.#report,
      isVerifying: this.#verifying > 0,
      problem: problem && { code: problem.code, data: problem.data },
    }
  }

  watch(signal?: AbortSignal): AsyncGenerator<AuditState, void, void> {
    return liveStream<AuditState>(
      push => {
        push(this.state())
        const stop = this.#changes.add(() => push(this.state()))
        // Who looks at the log wants to know whether it is whole.
        if (!this.#isWatched) void this.#verifyOnce()
        return stop
      },
      { signal, limit: 1, collapse: newest },
    )
  }

  query({ before, limit, ...filter }: AuditQuery & { before?: number | undefined; limit: number }): { entries: AuditEntry[]; hasMore: boolean } {
    this.#flushIfPossible()
    const { kind = null, actor = null, outcome = null, text = null, from = null, to = null } = filter
    const rows = this.#chain().table.page({ kind, actor, outcome, text, from, to }, before ?? null, limit + 1)
    return { entries: rows.slice(0, limit).map(entryOf), hasMore: rows.length > limit }
  }

  /** Throws as `verify`. */
  async verifyNow(): Promise<AuditReport> {
    return await this.#verify(this.#end.signal, () => undefined)
  }

  async *verify(signal?: AbortSignal): AsyncGenerator<VerifyEvent, void, void> {
    const stopped = signal ? AbortSignal.any([signal, this.#end.signal]) : this.#end.signal
    let told = 0
    let wake: () => void = () => undefined
    let checked = 0
    const total = countOf(this.#chain())
    const done = this.#verify(stopped, count => {
      checked = count
      wake()
    })
    const settled = done.then(() => undefined, () => undefined)
    for (let isOver = false; !isOver; ) {
      const woken = new Promise<void>(resolve => (wake = resolve))
      isOver = await Promise.race([woken.then(() => false), settled.then(() => true)])
      if (checked - told < total / 100) continue
      told = checked
      yield { type: 'progress', checked, total: Math.max(total, checked) }
    }
    yield { type: 'report', report: await done }
  }

  async *export(request: ExportRequest, signal?: AbortSignal): AsyncGenerator<{ text: string }, void, void> {
    const { audit, vault, clock, version } = this.#dependencies
    const chain = this.#chain()
    audit.record({ kind: 'audit.export', actor: 'person', outcome: 'done', details: { format: request.format, from: request.from ?? null, to: request.to ?? null, kind: request.kind ?? null } })
    audit.seal('export')
    yield* exportAudit(chain, request, { vault, now: clock.now(), version, signal })
  }

  async exportTo({ path, ...request }: ExportRequest & { path: string }, signal?: AbortSignal): Promise<{ sizeBytes: number }> {
    return { sizeBytes: await writeExport(path, textOf(this.export(request, signal))) }
  }

  recordInsertion({ source, path, lines, characters }: Insertion): void {
    recordIfPossible(this.#dependencies.audit, { kind: 'file.write', actor: source, outcome: 'done', subject: path, details: { lines, characters } })
  }

  dispose(): void {
    this.#stop()
    clearTimeout(this.#timer)
    this.#end.abort()
  }

  async #verify(signal: AbortSignal, onProgress: (checked: number) => void): Promise<AuditReport> {
    const { clock } = this.#dependencies
    this.#flushIfPossible()
    const evidence = this.#chain().evidence()
    const startedAt = clock.monotonic()
    this.#verifying++
    this.#changes.tell()
    try {
      const result = await verifyAudit(evidence, { signal, onProgress })
      this.#report = { at: clock.now(), seals: evidence.seals.length, milliseconds: clock.monotonic() - startedAt, ...result }
      return this.#report
    } finally {
      this.#verifying--
      this.#changes.tell()
    }
  }

  async #verifyOnce(): Promise<void> {
    if (!this.#dependencies.audit.chain) return
    this.#isWatched = true
    await this.#verify(this.#end.signal, () => undefined).catch((error: unknown) => {
      if (!this.#end.signal.aborted) this.#dependencies.log.warn('The audit log could not be verified', { code: isAppError(error) ? error.code : 'unexpected' })
    })
  }

  async #rotate(): Promise<void> {
    const { audit, clock, settings, log } = this.#dependencies
    try {
      const { 'audit.keepDays': days, 'audit.keepEntries': entries } = await settings.values()
      await rotateAudit(audit, { days, entries, now: clock.now(), signal: this.#end.signal })
    } catch (error) {
      if (!this.#end.signal.aborted) log.warn('The audit log was not rotated', { code: isAppError(error) ? error.code : 'unexpected' })
    }
    if (!this.#end.signal.aborted) this.#timer = setTimeout(() => void this.#rotate(), rotationMilliseconds).unref()
  }

  /** What waits is shown as well; where it cannot be kept, what was kept before is. */
  #flushIfPossible(): void {
    try {
      this.#dependencies.audit.flush()
    } catch (error) {
      if (!isAppError(error)) throw error
    }
  }

  #chain(): AuditChain {
    const { chain, problem } = this.#dependencies.audit
    if (chain) return chain
    throw problem ?? new AppError('STORAGE_LOCKED', { path: 'cortex.db', reason: 'the vault is locked' })
  }
}

async function* textOf(parts: AsyncIterable<{ text: string }>): AsyncGenerator<string, void, void> {
  for await (const { text } of parts) yield text
}

/** Numbers that are missing count as well: whoever looks at them is told by the verification. */
function countOf({ table, sequence }: AuditChain): number {
  const first = table.firstSequence()
  return first === 0 ? 0 : sequence - first + 1
}
