import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { z } from 'zod'
import type { Download, DownloadPlan, DownloadsEvent, DownloadTarget, RepositoryFile } from '#shared/contract/downloads.ts'
import type { EgressCheck, EgressMode } from '#shared/contract/egress.ts'
import type { ModelOrigin } from '#shared/contract/library.ts'
import type { Model } from '#shared/contract/models.ts'
import { AppError, isAppError } from '#shared/errors.ts'
import type { Catalogue } from '#shared/model-catalogue.ts'
import type { Settings } from '#shared/setting-definitions.ts'
import type { Audit } from '../../platform/audit/audit.ts'
import { recordIfPossible } from '../../platform/audit/record-if-possible.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import { Listeners } from '../../platform/live/listeners.ts'
import { liveStream } from '../../platform/live/live-stream.ts'
import { TurnTaker } from '../../platform/live/turn-taker.ts'
import type { Log } from '../../platform/log/log.ts'
import { describeFault } from '../../platform/log/log-faults.ts'
import type { NetworkDoor } from '../../platform/network/network-door.ts'
import { changeIfRoom } from '../../platform/storage/change-if-room.ts'
import { collectionIfOpen } from '../../platform/storage/collection-if-open.ts'
import type { Storage } from '../../platform/storage/storage.ts'
import { askAgain, DownloadRecord, shownDownload, type DownloadProgress } from './download-record.ts'
import { pinKey, runDownload, type RunOptions } from './download-run.ts'
import { describePlan } from './describe-plan.ts'
import { feature } from './fetch-file.ts'
import { downloadDisk, dropPart } from './part-file.ts'
import { RateMeter } from './rate-meter.ts'
import { readDownloadTarget } from './read-target.ts'
import { hostOf, publicRegistry, registriesOf, type Registry } from './registry-address.ts'
import { listRepositoryFiles } from './repository-files.ts'
import { apartFrom, isSameDownload } from './same-download.ts'

type DownloadSettings = Pick<Settings, 'models.registry' | 'models.mirrors' | 'models.registrySecret' | 'downloads.parallel' | 'downloads.connections'>

interface Dependencies extends Pick<RunOptions, 'blockBytes' | 'disk' | 'restMilliseconds'> {
  door: NetworkDoor
  /** What the policy says of an address, without connecting. */
  policy: { check(url: string, feature: string): EgressCheck; mode(): EgressMode; onChange(listener: () => void): () => void }
  storage: Storage
  settings: { values(): Promise<DownloadSettings> }
  audit: Audit
  clock: Clock
  log: Log
  catalogue: Catalogue
  modelsFolder: () => Promise<string>
  /** Makes a file that is whole a model. Throws as `models.add`. */
  addModel: (path: string, origin: ModelOrigin) => Promise<Model>
}

interface Entry {
  record: DownloadRecord
  progress: DownloadProgress
}

/** Why a run is stopped from outside. */
type StopReason = 'pause' | 'cancel' | 'close'
class Stopped extends Error {
  readonly why: StopReason
  constructor(why: StopReason) {
    super(why)
    this.why = why
  }
}

const tellMilliseconds = 200
const waitingStates: readonly string[] = ['queued', 'running', 'checking']

/** Downloads of model files: a queue that outlives the host, over the one door. */
export class DownloadsService {
  readonly #dependencies: Dependencies
  readonly #kept
  readonly #pins
  readonly #entries = new Map<string, Entry>()
  readonly #running = new Map<string, { stop: AbortController; end: Promise<void> }>()
  readonly #changes = new Listeners<DownloadsEvent>()
  readonly #turns = new TurnTaker()
  readonly #told = new Map<string, ReturnType<typeof setTimeout>>()
  readonly #stops: (() => void)[] = []
  #isStarted = false
  #isClosed = false

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
    this.#kept = collectionIfOpen(dependencies.storage, 'downloads', DownloadRecord)
    this.#pins = collectionIfOpen(dependencies.storage, 'download-pins', z.string())
    this.#stops.push(dependencies.policy.onChange(() => this.#onPolicy()))
    this.#stops.push(dependencies.storage.onChange(() => this.#load()))
    this.#load()
  }

  /** Goes on with what was under way when the host ended. */
  start(): void {
    this.#isStarted = true
    this.#pump()
  }

  list(): Download[] {
    return [...this.#entries.values()].sort((a, b) => a.record.addedAt.getTime() - b.record.addedAt.getTime()).map(({ record, progress }) => shownDownload(record, progress))
  }

  watch(signal?: AbortSignal): AsyncGenerator<DownloadsEvent> {
    const snapshot = (): DownloadsEvent => ({ type: 'snapshot', downloads: this.list() })
    return liveStream<DownloadsEvent>(
      push => {
        push(snapshot())
        return this.#changes.add(push)
      },
      { signal, limit: 200, collapse: snapshot },
    )
  }

  onChange(listener: () => void): () => void {
    return this.#changes.add(listener)
  }

  /** Throws CATALOGUE_ENTRY_NOT_FOUND, DOWNLOAD_TARGET_INVALID, EGRESS_ADDRESS_INVALID. */
  async plan(target: DownloadTarget): Promise<DownloadPlan> {
    const { catalogue, policy, disk = downloadDisk } = this.#dependencies
    const folder = await this.#dependencies.modelsFolder()
    const read = readDownloadTarget(target, { catalogue, folder })
    return describePlan(read, { policy, folder, registries: await this.#registries(), freeDiskBytes: await disk.freeBytes(folder) })
  }

  /** Throws DOWNLOAD_NEEDS_GRANT and as `plan`; STORAGE_LOCKED and the like where it cannot be kept. */
  begin(target: DownloadTarget): Promise<Download> {
    // One after the other: two of the same file join.
    return this.#turns.take('begin', () => this.#begin(target))
  }

  async #begin(target: DownloadTarget): Promise<Download> {
    const { catalogue, clock, audit, storage } = this.#dependencies
    const folder = await this.#dependencies.modelsFolder()
    const { licence: _, ...read } = readDownloadTarget(target, { catalogue, folder })
    const same = [...this.#entries.values()].find(({ record }) => isSameDownload(record, read))
    const [registry] = await this.#registries()
    if (same && waitingStates.includes(same.record.status)) return shownDownload(same.record, same.progress)
    if (same?.record.status !== 'done') this.#demandGrant(read.repository === null ? (read.files[0]?.url ?? '') : registry.base)
    // One that is just being taken off the list is asked for anew.
    const resumed = same ? await this.resume(same.record.id).catch((error: unknown) => (isAppError(error) && error.code === 'DOWNLOAD_NOT_FOUND' ? null : Promise.reject(error as Error))) : null
    if (resumed) return resumed
    const apart = apartFrom([...this.#entries.values()].map(one => one.record), read)
    const record: DownloadRecord = { ...apart, id: randomUUID(), status: 'queued', error: null, notes: [], addedAt: clock.now(), finishedAt: null, modelId: null }
    if (storage.problem) throw storage.problem
    this.#kept()?.put(record.id, record)
    audit.record({ kind: 'download.start', actor: 'person', outcome: 'done', subject: record.repository ?? hostOf(record.files[0]?.url ?? '').host, details: { files: record.files.length } })
    const entry = this.#enter(record, registry)
    this.#tell(entry, true)
    this.#pump()
    return shownDownload(record, entry.progress)
  }

  /** Throws DOWNLOAD_NOT_FOUND, as do those below. */
  async pause(id: string): Promise<Download> {
    const entry = this.#find(id)
    // Before anything is awaited, here and below: what is queued would begin meanwhile.
    if (waitingStates.includes(entry.record.status)) this.#set(entry, { status: 'paused', error: null })
    await this.#turns.take(id, async () => {
      if (entry.record.status === 'paused') await this.#stop(id, 'pause')
    })
    return shownDownload(entry.record, entry.progress)
  }

  async resume(id: string): Promise<Download> {
    return await this.#turns.take(id, async () => {
      const entry = this.#find(id)
      if (!waitingStates.includes(entry.record.status)) {
        if (entry.record.status === 'quarantined') askAgain(entry.record)
        this.#set(entry, { status: 'queued', error: null, finishedAt: null })
        this.#pump()
      }
      return shownDownload(entry.record, entry.progress)
    })
  }

  async cancel(id: string): Promise<Download> {
    const entry = this.#find(id)
    await this.#giveUp(entry)
    return shownDownload(entry.record, entry.progress)
  }

  async remove(id: string): Promise<void> {
    const entry = this.#find(id)
    const { record } = entry
    const isQuarantined = record.status === 'quarantined'
    await this.#giveUp(entry, () => {
      // Whoever takes it off the list trusts what comes next time as it comes.
      if (isQuarantined) for (const file of record.files) this.#pins()?.delete(pinKey(record, file))
      this.#entries.delete(id)
      this.#kept()?.delete(id)
      this.#changes.tell({ type: 'download-removed', id })
    })
  }

  async #giveUp(entry: Entry, onGivenUp = (): void => undefined): Promise<void> {
    const { record } = entry
    const mark = (): void => {
      if (record.status !== 'done') this.#set(entry, { status: 'cancelled', error: null })
    }
    mark()
    await this.#turns.take(record.id, async () => {
      // Again: a resume that was asked for before may have had its turn.
      mark()
      await this.#stop(record.id, 'cancel')
      if (record.status === 'cancelled') {
        await Promise.all(record.files.map(({ path }) => dropPart(path)))
        entry.progress.doneBytes = []
        this.#tell(entry, true)
      }
      onGivenUp()
    })
  }

  /** Throws as `listRepositoryFiles`, and DOWNLOAD_NEEDS_GRANT. */
  async repository(repository: string, revision: string, signal?: AbortSignal): Promise<RepositoryFile[]> {
    const [registry] = await this.#registries()
    this.#demandGrant(registry.base)
    return await listRepositoryFiles(this.#dependencies.door, registry, { repository, revision, path: '' }, signal)
  }

  /** Stops what runs; it goes on at the next start. */
  async dispose(): Promise<void> {
    this.#isClosed = true
    for (const stop of this.#stops) stop()
    await Promise.all([...this.#running.keys()].map(id => this.#stop(id, 'close')))
    for (const timer of this.#told.values()) clearTimeout(timer)
  }

  #load(): void {
    for (const { value: record } of this.#kept()?.entries() ?? []) if (!this.#entries.has(record.id)) this.#enter(record, null)
    if (this.#isStarted) this.#pump()
  }

  #enter(record: DownloadRecord, registry: Registry | null): Entry {
    const address = record.files[0]?.url ?? registry?.base ?? publicRegistry
    const entry: Entry = { record, progress: { host: URL.canParse(address) ? hostOf(address).host : '', doneBytes: [], bytesPerSecond: null, checkedRatio: null } }
    this.#entries.set(record.id, entry)
    return entry
  }

  #find(id: string): Entry {
    const entry = this.#entries.get(id)
    if (!entry) throw new AppError('DOWNLOAD_NOT_FOUND', { id })
    return entry
  }

  async #registries(): Promise<[Registry, ...Registry[]]> {
    return registriesOf(await this.#dependencies.settings.values())
  }

  #demandGrant(url: string): void {
    const { policy } = this.#dependencies
    const { host, port, decision, rule } = policy.check(url, feature)
    if (decision === 'refused') throw new AppError('DOWNLOAD_NEEDS_GRANT', { host, port, feature, mode: policy.mode(), rule })
  }

  #pump(): void {
    void this.#turns.take('pump', async () => {
      const settings = await this.#dependencies.settings.values()
      for (const entry of this.#entries.values()) {
        if (this.#isClosed || !this.#isStarted || this.#running.size >= settings['downloads.parallel']) return
        if (entry.record.status === 'queued' && !this.#running.has(entry.record.id)) this.#run(entry, settings)
      }
    }).catch((error: unknown) => this.#dependencies.log.error('The queue of downloads stands still', describeFault(error)))
  }

  #run(entry: Entry, settings: DownloadSettings): void {
    const stop = new AbortController()
    this.#set(entry, { status: 'running', error: null })
    const end = this.#get(entry, settings, stop.signal)
      .then(() => this.#finish(entry))
      .catch((error: unknown) => this.#fail(entry, error))
      .finally(() => {
        this.#running.delete(entry.record.id)
        this.#pump()
      })
    this.#running.set(entry.record.id, { stop, end })
  }

  async #get(entry: Entry, settings: DownloadSettings, signal: AbortSignal): Promise<void> {
    const { door, clock, blockBytes, disk, restMilliseconds } = this.#dependencies
    const { record, progress } = entry
    const rate = new RateMeter(() => clock.monotonic())
    const quarantine = join(await this.#dependencies.modelsFolder(), 'quarantine')
    const pins = { get: (key: string) => this.#pins()?.get(key) ?? null, put: (key: string, sha256: string) => changeIfRoom(() => this.#pins()?.put(key, sha256)) }
    signal.throwIfAborted()
    const options: RunOptions = { door, registries: registriesOf(settings), connections: settings['downloads.connections'], pins, quarantine, signal, ...(blockBytes === undefined ? {} : { blockBytes }), ...(disk === undefined ? {} : { disk }), ...(restMilliseconds === undefined ? {} : { restMilliseconds }) }
    await runDownload(record, options, {
      onSize: (index, sizeBytes) => {
        const file = record.files[index]
        if (file) file.sizeBytes = sizeBytes
        this.#tell(entry)
      },
      onProgress: (index, doneBytes, freshBytes) => {
        rate.add(freshBytes)
        progress.doneBytes[index] = doneBytes
        progress.bytesPerSecond = rate.bytesPerSecond
        this.#tell(entry)
      },
      onSource: host => {
        progress.host = host
        this.#tell(entry)
      },
      onNote: note => {
        if (record.notes.at(-1) !== note) record.notes = [...record.notes, note].slice(-20)
        this.#keep(entry)
      },
      onChecked: ratio => {
        progress.checkedRatio = ratio
        const status = ratio === null ? 'running' : 'checking'
        // What was paused or cancelled meanwhile stays so.
        if (waitingStates.includes(record.status)) record.status = status
        this.#tell(entry)
      },
      onLearnt: () => this.#keep(entry),
    })
  }

  async #finish(entry: Entry): Promise<void> {
    const { record } = entry
    const { clock, audit, addModel } = this.#dependencies
    const [first] = record.files
    const sizeBytes = record.files.reduce((sum, file) => sum + (file.sizeBytes ?? 0), 0)
    recordIfPossible(audit, { kind: 'download.finish', actor: feature, outcome: 'done', subject: record.repository ?? entry.progress.host, details: { bytes: sizeBytes, sha256: first?.sha256 ?? null, hashSource: first?.hashSource ?? null } })
    let error: DownloadRecord['error'] = null
    let modelId: string | null = null
    try {
      const origin: ModelOrigin = { source: 'downloaded', label: record.repository ?? entry.progress.host, entryId: record.entryId, sha256: first?.sha256 ?? null, isHashConfirmed: first?.hashSource !== 'first-download' }
      modelId = (await addModel(first?.path ?? '', origin)).id
    } catch (cause) {
      if (!isAppError(cause)) throw cause
      error = { code: cause.code, data: cause.data }
    }
    if (first?.hashSource === 'first-download') record.notes = [...record.notes, 'Nobody named a hash for this file: the one that came is kept, and later downloads of it are held to that.']
    this.#set(entry, { status: 'done', error, modelId, finishedAt: clock.now() })
  }

  #fail(entry: Entry, error: unknown): void {
    const { policy, audit, log } = this.#dependencies
    if (error instanceof Stopped) {
      // Whoever pauses or cancels says so in the record before.
      if (error.why === 'close' && waitingStates.includes(entry.record.status)) this.#set(entry, { status: 'queued' })
      return
    }
    if (entry.record.status === 'cancelled') return
    const shown = isAppError(error) ? error : new AppError('DOWNLOAD_SOURCE_FAILED', { host: entry.progress.host, reason: 'something went wrong that Cortex did not foresee; the log holds the details' })
    if (!isAppError(error)) log.error('A download failed', describeFault(error))
    const { code, data } = shown.code === 'EGRESS_REFUSED' ? needsGrant(shown as AppError<'EGRESS_REFUSED'>, policy.mode()) : shown
    recordIfPossible(audit, { kind: 'download.fail', actor: feature, outcome: code === 'DOWNLOAD_NEEDS_GRANT' ? 'refused' : 'failed', subject: entry.record.repository ?? entry.progress.host, details: { code } })
    if (code === 'DOWNLOAD_HASH_WRONG') entry.progress.doneBytes = []
    this.#set(entry, { status: code === 'DOWNLOAD_HASH_WRONG' ? 'quarantined' : 'paused', error: { code, data } })
  }

  /** What waited for a grant goes on when it is there. */
  #onPolicy(): void {
    const { policy } = this.#dependencies
    for (const { record } of this.#entries.values()) {
      if (record.status !== 'paused' || record.error?.code !== 'DOWNLOAD_NEEDS_GRANT') continue
      const { host, port } = record.error.data as { host: string; port: number }
      const place = host.includes(':') ? `[${host}]` : host
      if (policy.check(`${port === 443 ? 'https' : 'http'}://${place}:${port}/`, feature).decision === 'allowed') void this.resume(record.id).catch((error: unknown) => this.#dependencies.log.error('A download does not go on', describeFault(error)))
    }
  }

  async #stop(id: string, why: StopReason): Promise<void> {
    for (let running = this.#running.get(id); running; running = this.#running.get(id)) {
      running.stop.abort(new Stopped(why))
      await running.end
    }
  }

  #set(entry: Entry, change: Partial<DownloadRecord>): void {
    Object.assign(entry.record, change)
    if (entry.record.status !== 'running') entry.progress.bytesPerSecond = null
    this.#keep(entry)
    this.#tell(entry, true)
  }

  #keep({ record }: Entry): void {
    const status = record.status === 'running' || record.status === 'checking' ? 'queued' : record.status
    if (this.#entries.has(record.id)) changeIfRoom(() => this.#kept()?.put(record.id, { ...record, status }))
  }

  /** Changes of the status at once, progress a few times a second. */
  #tell(entry: Entry, isNow = false): void {
    const { id } = entry.record
    const tell = (): void => {
      clearTimeout(this.#told.get(id))
      this.#told.delete(id)
      if (this.#entries.has(id)) this.#changes.tell({ type: 'download-changed', download: shownDownload(entry.record, entry.progress) })
    }
    if (isNow) tell()
    else if (!this.#told.has(id)) this.#told.set(id, setTimeout(tell, tellMilliseconds).unref())
  }
}

function needsGrant({ data: { host, port, rule } }: AppError<'EGRESS_REFUSED'>, mode: EgressMode): AppError<'DOWNLOAD_NEEDS_GRANT'> {
  return new AppError('DOWNLOAD_NEEDS_GRANT', { host, port, feature, mode, rule })
}
