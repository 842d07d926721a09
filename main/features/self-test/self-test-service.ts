import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { networkInterfaces } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { SelfTestResult, type Finding, type SelfTestAttendance, type SelfTestEvent, type SelfTestProcess, type SelfTestRow, type SelfTestState, type Sink } from '#shared/contract/self-test.ts'
import { AppError } from '#shared/errors.ts'
import type { probe } from '../../../native/probe/contract.ts'
import type { Audit } from '../../platform/audit/audit.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import { writeError } from '../../platform/files/file-errors.ts'
import type { HostKind } from '../../platform/host.ts'
import { Listeners } from '../../platform/live/listeners.ts'
import { liveStream, newest } from '../../platform/live/live-stream.ts'
import type { Log } from '../../platform/log/log.ts'
import type { Storage } from '../../platform/storage/storage.ts'
import type { Vault } from '../../platform/vault/vault.ts'
import { unconfined, type Confinement, type Enforcer } from '../../platform/workers/confinement.ts'
import { SupervisedWorker } from '../../platform/workers/supervised-worker.ts'
import type { WorkerLauncher } from '../../platform/workers/worker-launcher.ts'
import { judge, navigation, notRun, summarize } from './judge.ts'
import { signReport } from './signed-report.ts'

/** What was sent is at the sink by then. */
const settleMilliseconds = 300
const pageMilliseconds = 30_000

interface Dependencies {
  launcher: WorkerLauncher
  /** The confinement that each kind of confined process gets, now. */
  confined: readonly { process: SelfTestProcess; confinement: () => Confinement }[]
  /** Tries every way out of this very process. */
  attemptFromHost: (sinks: readonly Sink[]) => Promise<Finding[]>
  isHostGuarded: () => boolean
  hostKind: HostKind
  /** The person's home folder. */
  home: string
  version: string
  isEnforcementOff: boolean
  storage: Storage
  vault: Vault
  audit: Audit
  clock: Clock
  log: Log
  interfaceAddress?: () => string | null
}

const enforcerWords: Record<Enforcer, string> = { bubblewrap: 'bubblewrap', namespace: 'Linux namespace', 'sandbox-profile': 'sandbox profile', firewall: 'Windows firewall', nothing: 'no enforcement' }

/** Really tries every way out of every kind of process, and keeps what was found. */
export class SelfTestService {
  readonly #dependencies: Dependencies
  readonly #changes = new Listeners<void>()
  #running: { id: string; page: PromiseWithResolvers<Finding[]> } | null = null
  #last: SelfTestResult | null = null
  readonly #pages = new Set<(event: SelfTestAttendance) => void>()

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  state(): SelfTestState {
    const result = this.#result()
    return { type: 'snapshot', result, summary: result && summarize(result.rows), isRunning: this.#running !== null, pages: this.#pages.size }
  }

  watch(signal?: AbortSignal): AsyncGenerator<SelfTestState, void, void> {
    return liveStream<SelfTestState>(
      push => {
        push(this.state())
        const stops = [this.#changes.add(() => push(this.state())), this.#dependencies.storage.onChange(() => push(this.state()))]
        return () => stops.forEach(stop => stop())
      },
      { signal, limit: 1, collapse: newest },
    )
  }

  /** Counts the reader as a page until it leaves. */
  attend(signal?: AbortSignal): AsyncGenerator<SelfTestAttendance, void, void> {
    return liveStream<SelfTestAttendance>(
      push => {
        push({ type: 'attending' })
        this.#pages.add(push)
        this.#changes.tell()
        return () => {
          this.#pages.delete(push)
          this.#changes.tell()
        }
      },
      { signal, limit: 4, collapse: newest },
    )
  }

  /** Throws SELF_TEST_BUSY while another runs, and the errors of the workers. */
  async *run(isPage: boolean, signal?: AbortSignal): AsyncGenerator<SelfTestEvent, void, void> {
    if (this.#running) throw new AppError('SELF_TEST_BUSY', {})
    const running = { id: randomUUID(), page: Promise.withResolvers<Finding[]>() }
    this.#running = running
    this.#changes.tell()
    const sink = this.#worker('sink', unconfined)
    try {
      const { hostKind, interfaceAddress = firstInterface } = this.#dependencies
      const sinks = await sink.client.listen({ interfaceAddress: interfaceAddress() })
      const rows: SelfTestRow[] = []
      const confined = this.#dependencies.confined.map(({ process, confinement }) => () => this.#confined(process, confinement(), sinks, signal))
      const steps = [...confined, () => this.#host(sinks), () => this.#terminal(sinks, signal)]
      for (const [index, step] of steps.entries()) {
        signal?.throwIfAborted()
        yield { type: 'progress', done: index, total: steps.length + 1 }
        await sink.client.take()
        const { process, enforcedBy, findings } = await step()
        await sleep(settleMilliseconds, undefined, signal ? { signal } : {})
        rows.push(...judge({ process, hostKind, enforcedBy }, findings, await sink.client.take()))
      }
      yield { type: 'progress', done: steps.length, total: steps.length + 1 }
      // The newest: an older one may lie in a tab that the browser has put to sleep.
      const attending = [...this.#pages].at(-1)
      if (isPage) yield { type: 'page-turn', runId: running.id, sinks }
      else attending?.({ type: 'page-turn', runId: running.id, sinks })
      const found = isPage || attending ? await this.#pageFindings(running.page.promise, signal) : null
      await sleep(settleMilliseconds, undefined, signal ? { signal } : {})
      const arrivals = await sink.client.take()
      const page = { process: 'page' as const, hostKind }
      const why = isPage || attending ? 'the page did not answer' : 'no page is open: open Cortex and run this again'
      rows.push(...(found ? judge({ ...page, enforcedBy: 'page policy' }, found, arrivals) : notRun(page, sinks, why)), navigation(hostKind))
      const result = this.#keep(rows)
      yield { type: 'end', result, summary: summarize(rows) }
    } finally {
      this.#running = null
      this.#changes.tell()
      await sink.dispose(0)
    }
  }

  /** What the page of a run found in its turn; of no other run. */
  answer(runId: string, findings: Finding[]): void {
    if (this.#running?.id === runId) this.#running.page.resolve(findings)
  }

  /** Throws SELF_TEST_MISSING before the first test, STORAGE_LOCKED while the vault is locked. */
  report(): { text: string; fingerprint: string } {
    const result = this.#result()
    if (!result) throw new AppError('SELF_TEST_MISSING', {})
    return signReport(this.#dependencies.vault, result)
  }

  /** Writes the report to a file that is not there yet. Throws as `report` and `writeError`. */
  async save(typed: string): Promise<{ path: string; fingerprint: string }> {
    const path = typed.startsWith('~/') ? join(this.#dependencies.home, typed.slice(2)) : typed
    const { text, fingerprint } = this.report()
    if (!isAbsolute(path)) throw new AppError('FILE_NOT_FOUND', { path })
    try {
      await writeFile(path, text, { flag: 'wx' })
    } catch (error) {
      throw writeError(error, path)
    }
    return { path, fingerprint }
  }

  async #confined(process: SelfTestProcess, confinement: Confinement, sinks: Sink[], signal: AbortSignal | undefined): Promise<Tried> {
    const worker = this.#worker(`${process}-probe`, confinement)
    try {
      const findings = await worker.client.attempt({ sinks }, signal ? { signal } : {})
      const by = (await worker.process())?.enforced.by ?? 'nothing'
      return { process, enforcedBy: enforcerWords[by], findings }
    } finally {
      await worker.dispose(0)
    }
  }

  async #host(sinks: Sink[]): Promise<Tried> {
    const { attemptFromHost, isHostGuarded } = this.#dependencies
    return { process: 'host', enforcedBy: isHostGuarded() ? 'in-process guard' : 'no enforcement', findings: await attemptFromHost(sinks) }
  }

  async #terminal(sinks: Sink[], signal: AbortSignal | undefined): Promise<Tried> {
    const worker = this.#worker('terminal-probe', unconfined)
    try {
      return { process: 'terminal', enforcedBy: 'this system', findings: await worker.client.attempt({ sinks }, signal ? { signal } : {}) }
    } finally {
      await worker.dispose(0)
    }
  }

  async #pageFindings(found: Promise<Finding[]>, signal: AbortSignal | undefined): Promise<Finding[] | null> {
    const given = new AbortController()
    const late = sleep(pageMilliseconds, null, { signal: signal ? AbortSignal.any([signal, given.signal]) : given.signal })
    try {
      return await Promise.race([found, late])
    } finally {
      given.abort()
      late.catch(() => undefined)
    }
  }

  #worker(name: string, confinement: Confinement): SupervisedWorker<typeof probe> {
    const { launcher, clock, log } = this.#dependencies
    return new SupervisedWorker<typeof probe>({ launcher, clock, log, spec: { name, entry: 'probe', env: {}, confinement } })
  }

  #keep(rows: SelfTestRow[]): SelfTestResult {
    const { version, hostKind, isEnforcementOff, clock, storage, audit, log } = this.#dependencies
    const result: SelfTestResult = { at: clock.now().toISOString(), version, platform: `${process.platform}-${process.arch}`, hostKind, isEnforcementOff, rows }
    this.#last = result
    const summary = summarize(rows)
    try {
      audit.record({ kind: 'self-test.run', actor: 'person', outcome: summary.weaker === 0 ? 'done' : 'failed', details: { ...summary } })
      storage.collection('self-test', SelfTestResult).put('last', result)
    } catch (error) {
      // A full disk or a locked vault: the result is shown all the same.
      log.warn('The result of the self-test could not be kept', { code: error instanceof AppError ? error.code : 'unknown' })
    }
    return result
  }

  #result(): SelfTestResult | null {
    const { storage } = this.#dependencies
    if (this.#last || storage.problem) return this.#last
    return storage.collection('self-test', SelfTestResult).get('last')
  }
}

interface Tried {
  process: SelfTestProcess
  enforcedBy: string
  findings: Finding[]
}

/** An address of this machine that other machines could have: what is sent there does not stay on loopback's interface. */
function firstInterface(): string | null {
  const found = Object.values(networkInterfaces()).flatMap(list => list ?? []).find(({ family, internal, address }) => family === 'IPv4' && !internal && !address.startsWith('169.254.'))
  return found?.address ?? null
}
