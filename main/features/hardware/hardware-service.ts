import { z } from 'zod'
import type { Backend, BackendState, Bandwidth, Gpu, Hardware, HardwareEvent, Pace } from '#shared/contract/hardware.ts'
import { KeptSpeed, paceOf } from '#shared/pace.ts'
import type { hardware, Look } from '../../../native/hardware/contract.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import { Listeners } from '../../platform/live/listeners.ts'
import { liveStream, newest } from '../../platform/live/live-stream.ts'
import type { Log } from '../../platform/log/log.ts'
import { describeFault } from '../../platform/log/log-faults.ts'
import { changeIfRoom } from '../../platform/storage/change-if-room.ts'
import { collectionIfOpen } from '../../platform/storage/collection-if-open.ts'
import type { Collection, Storage } from '../../platform/storage/storage.ts'
import { SupervisedWorker } from '../../platform/workers/supervised-worker.ts'
import type { WorkerLauncher, WorkerSpec } from '../../platform/workers/worker-launcher.ts'
import { readMemory } from './read-memory.ts'
import { featuresFromLlama, readProcessor } from './read-processor.ts'

interface Dependencies {
  launcher: WorkerLauncher
  clock: Clock
  log: Log
  storage: Storage
  tickMilliseconds?: number
}

const backends: readonly Backend[] = ['metal', 'cuda', 'vulkan', 'cpu']
/** A card whose free memory was asked for this long ago is asked again. */
const freshMilliseconds = 6000
/** Where no card works, cards are looked for again when somebody asks and the last look was this long ago: a driver may have come, or a card been plugged in. */
const noneFreshMilliseconds = 60_000
const bandwidthMilliseconds = 350
const mostBufferBytes = 256 * 1024 * 1024

/** Drivers run in a process of their own, confined as the models' is. */
export const hardwareSpec: WorkerSpec = { name: 'hardware', entry: 'hardware', env: {}, confinement: { network: 'none', files: 'listed', reads: () => [] } }

const KeptBandwidth = z.object({ bytesPerSecond: z.number(), threads: z.number().int(), measuredAt: z.coerce.date(), processor: z.string() })
type KeptBandwidth = z.infer<typeof KeptBandwidth>

/** How fast a model wrote, and on what. */
export interface ModelSpeed extends Omit<KeptSpeed, 'place'> {
  modelId: string
  /** `cpu` or a backend. */
  device: string
  /** Of its layers and its output. */
  gpuLayers: number
}

type HardwareWorker = SupervisedWorker<typeof hardware>

interface Looked {
  backends: BackendState[]
  gpus: Gpu[]
  features: string[]
  /** Milliseconds of the clock that only goes forward: of the last look, and of the last one at everything. */
  at: number
  wholeAt: number
}

/** What this machine has and what of it is free now. A driver that crashes takes its own process along, and is named. */
export class HardwareService {
  readonly #dependencies: Dependencies
  readonly #kept: () => Collection<KeptBandwidth> | null
  readonly #speeds: () => Collection<KeptSpeed> | null
  readonly #changes = new Listeners<void>()
  readonly #closing = new AbortController()
  #looked: Looked | null = null
  #looking: Promise<Looked> | null = null
  #measuring: Promise<Bandwidth> | null = null

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
    this.#kept = collectionIfOpen(dependencies.storage, 'hardware', KeptBandwidth)
    this.#speeds = collectionIfOpen(dependencies.storage, 'model-speeds', KeptSpeed)
  }

  /** With the graphics cards, however long looking for them takes. */
  async get(): Promise<Hardware> {
    await this.#look()
    return await this.#now()
  }

  /** What is known at once: before the first look nothing of graphics cards. */
  async quick(): Promise<Hardware> {
    return await this.#now()
  }

  /** Looks at everything anew, however fresh what is known is: a card may have gone, or come. */
  async lookAgain(): Promise<Hardware> {
    // A look under way may have begun before that.
    while (this.#looking) await this.#looking.catch(() => undefined)
    await this.#begin(this.#others(true))
    return await this.#now()
  }

  onChange(listener: () => void): () => void {
    return this.#changes.add(listener)
  }

  watch(signal?: AbortSignal): AsyncGenerator<HardwareEvent> {
    const { tickMilliseconds = 3000 } = this.#dependencies
    return liveStream<HardwareEvent>(
      async (push, fail) => {
        let isOver = false
        const tell = async (): Promise<void> => {
          const hardware = await this.#now()
          if (!isOver) push({ type: 'snapshot', hardware })
        }
        const tick = (): void => void this.#look().then(tell).catch(fail)
        await tell()
        // Somebody opens a page: what could not be used before may be there by now.
        if (this.#looked && this.#dependencies.clock.monotonic() - this.#looked.wholeAt >= freshMilliseconds) void this.lookAgain().then(tell).catch(fail)
        else tick()
        const timer = setInterval(tick, tickMilliseconds).unref()
        const stop = this.#changes.add(() => void tell().catch(fail))
        return () => {
          isOver = true
          clearInterval(timer)
          stop()
        }
      },
      { signal, limit: 1, collapse: newest },
    )
  }

  /** Throws WORKER_CRASHED, WORKER_UNAVAILABLE. */
  measure(): Promise<Bandwidth> {
    this.#measuring ??= this.#measure().finally(() => (this.#measuring = null))
    return this.#measuring
  }

  /** Keeps how fast a model wrote: the fastest, since whoever else was at work then makes the machine no slower. One that is partly on a card says little of either part. */
  async keepSpeed({ modelId, device, gpuLayers, ...speed }: ModelSpeed): Promise<void> {
    const gpu = this.#looked?.gpus.find(({ backend }) => backend === device)
    const place = device === 'cpu' ? placeOfProcessor(await readProcessor()) : gpu && gpuLayers > speed.layers ? placeOfCards(gpu) : null
    if (place === null || speed.tokensPerSecond <= 0) return
    const key = `${place}|${modelId}`
    const former = this.#speeds()?.get(key)
    if (former && former.sizeBytes === speed.sizeBytes && former.tokensPerSecond >= speed.tokensPerSecond) return
    changeIfRoom(() => this.#speeds()?.put(key, { place, ...speed }))
    this.#changes.tell()
  }

  /** Ends the processes that look or measure. */
  async dispose(): Promise<void> {
    this.#closing.abort()
    await Promise.allSettled([this.#looking, this.#measuring])
  }

  async #now(): Promise<Hardware> {
    const [cpu, memory] = await Promise.all([readProcessor(), readMemory()])
    const looked = this.#looked
    const bandwidth = this.#bandwidth(cpu.model)
    return {
      cpu: { ...cpu, features: cpu.features.length > 0 ? cpu.features : (looked?.features ?? []) },
      memory,
      backends: looked?.backends ?? [],
      gpus: looked?.gpus ?? [],
      bandwidth,
      paces: this.#paces(cpu, looked?.gpus ?? [], bandwidth),
      isComplete: looked !== null,
      at: this.#dependencies.clock.now(),
    }
  }

  /** Whole the first time; after that only the cards that work, or all where none does, and only when what is known of them is old. */
  #look(): Promise<Looked> {
    const looked = this.#looked
    if (this.#looking || !looked) return this.#begin(backends)
    const now = this.#dependencies.clock.monotonic()
    const cards = looked.gpus.map(gpu => gpu.backend)
    const isFresh = cards.length > 0 ? now - looked.at < freshMilliseconds : now - looked.wholeAt < noneFreshMilliseconds
    return isFresh ? Promise.resolve(looked) : this.#begin(cards.length > 0 ? cards : this.#others(false))
  }

  /** Joins the look under way. */
  #begin(these: readonly Backend[]): Promise<Looked> {
    this.#looking ??= this.#lookAt(these).finally(() => (this.#looking = null))
    return this.#looking
  }

  /** Backends that may be otherwise than they were. Those that took their process along are tried again only where somebody means it. */
  #others(isMeant: boolean): readonly Backend[] {
    if (!this.#looked) return backends
    return this.#looked.backends.filter(({ backend, isUsable, reason }) => (backend !== 'cpu' || !isUsable) && reason !== 'other-system' && (isMeant || reason !== 'failed')).map(({ backend }) => backend)
  }

  async #lookAt(these: readonly Backend[]): Promise<Looked> {
    const former = this.#looked
    const looks = await this.#lookAtEach(these)
    const fresh = new Map(looks.map(look => [look.state.backend, look]))
    const at = this.#dependencies.clock.monotonic()
    this.#looked = {
      backends: former ? former.backends.map(state => fresh.get(state.backend)?.state ?? state) : looks.map(({ state }) => state),
      gpus: looks.flatMap(({ gpu }) => (gpu ? [gpu] : [])),
      features: former?.features ?? featuresFromLlama(looks.map(({ systemInfo }) => systemInfo).join(' | ')),
      at,
      wholeAt: former && these.length > 0 && these.every(backend => former.gpus.some(gpu => gpu.backend === backend)) ? former.wholeAt : at,
    }
    this.#changes.tell()
    return this.#looked
  }

  /** One after the other in one process, and in a new one after a driver that took it along. */
  async #lookAtEach(these: readonly Backend[]): Promise<Look[]> {
    const looks: Look[] = []
    let worker: HardwareWorker | null = null
    try {
      for (const backend of these) {
        worker ??= this.#worker()
        try {
          looks.push(await worker.client.look({ backend }, { signal: this.#closing.signal }))
        } catch (error) {
          this.#dependencies.log.warn('A backend could not be looked at', { backend, ...describeFault(error) })
          looks.push({ state: { backend, isUsable: false, reason: 'failed', detail: 'Its process ended while it was looked at; Cortex goes on without it.' }, gpu: null, systemInfo: '' })
          await worker.dispose(0)
          worker = null
        }
      }
      return looks
    } finally {
      await worker?.dispose(0)
    }
  }

  async #measure(): Promise<Bandwidth> {
    const [cpu, memory] = await Promise.all([readProcessor(), readMemory()])
    const bufferBytes = Math.max(8 * 1024 * 1024, Math.min(mostBufferBytes, Math.floor(memory.availableBytes / 4)))
    const threadCounts = [...new Set([1, Math.ceil(cpu.usableCores / 2), cpu.usableCores])].filter(count => count <= 64)
    const worker = this.#worker()
    const measured = await worker.client.bandwidth({ threadCounts, milliseconds: bandwidthMilliseconds, bufferBytes }, { signal: this.#closing.signal }).finally(() => worker.dispose(0))
    const former = this.#bandwidth(cpu.model)
    // A machine that was busy just now is no slower for that.
    const bandwidth = former && former.bytesPerSecond > measured.bytesPerSecond ? former : { ...measured, measuredAt: this.#dependencies.clock.now() }
    changeIfRoom(() => this.#kept()?.put('bandwidth', { ...bandwidth, processor: cpu.model }))
    this.#changes.tell()
    return bandwidth
  }

  #paces(cpu: Hardware['cpu'], gpus: readonly Gpu[], bandwidth: Bandwidth | null): Pace[] {
    const speeds = (this.#speeds()?.entries() ?? []).map(({ value }) => value)
    const at = (place: string): KeptSpeed[] => speeds.filter(speed => speed.place === place)
    return [paceOf('cpu', at(placeOfProcessor(cpu)), bandwidth?.bytesPerSecond ?? null), ...gpus.map(gpu => paceOf(gpu.backend, at(placeOfCards(gpu)), null))]
  }

  /** What was measured on another processor says nothing of this one: a profile may move. */
  #bandwidth(processor: string): Bandwidth | null {
    const kept = this.#kept()?.get('bandwidth')
    if (!kept || kept.processor !== processor) return null
    const { bytesPerSecond, threads, measuredAt } = kept
    return { bytesPerSecond, threads, measuredAt }
  }

  #worker(): HardwareWorker {
    const { launcher, clock, log } = this.#dependencies
    return new SupervisedWorker({ launcher, clock, log, spec: hardwareSpec, missedBeatsAllowed: 30 })
  }
}

/** A profile may move to another machine, and a container may be given more cores. */
function placeOfProcessor({ model, usableCores }: Hardware['cpu']): string {
  return `cpu:${model}:${usableCores}`
}

function placeOfCards({ backend, names }: Gpu): string {
  return `${backend}:${names.join(', ')}`
}
