import { implement } from '@orpc/server'
import { afterEach, describe, expect, it } from 'vitest'
import type { Backend } from '#shared/contract/hardware.ts'
import { mapErrors } from '#shared/map-errors.ts'
import { hardware as contract, type Look } from '../../../native/hardware/contract.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import { systemClock } from '../../platform/clock/clock.ts'
import { FakeClock } from '../../platform/clock/fake-clock.ts'
import { FakeLog } from '../../platform/log/fake-log.ts'
import { openFakeStorage } from '../../platform/storage/fake-storage.ts'
import { FakeLauncher } from '../../platform/workers/fake-launcher.ts'
import { NodeLauncher } from '../../platform/workers/node-launcher.ts'
import { HardwareService } from './hardware-service.ts'
import { readMemory } from './read-memory.ts'
import { featuresFromLlama, featuresOf, physicalCores, readProcessor } from './read-processor.ts'

const services: HardwareService[] = []
afterEach(async () => {
  await Promise.all(services.splice(0).map(service => service.dispose()))
})

const no = (backend: Backend): Look => ({ state: { backend, isUsable: false, reason: 'no-driver', detail: 'no' }, gpu: null, systemInfo: '' })
const card = (freeBytes: number): Look => ({ state: { backend: 'cuda', isUsable: true, reason: null, detail: null }, gpu: { backend: 'cuda', names: ['A card'], totalBytes: 100, freeBytes, unifiedBytes: 0 }, systemInfo: 'AVX2 = 1' })

function open(look: (backend: Backend, launcher: FakeLauncher) => Look | Promise<Look>, clock: Clock = systemClock) {
  const os = implement(contract).use(mapErrors)
  const launcher: FakeLauncher = new FakeLauncher({
    hardware: () => os.router({ look: os.look.handler(({ input }) => look(input.backend, launcher)), bandwidth: os.bandwidth.handler(({ input }) => ({ bytesPerSecond: 1e10, threads: input.threadCounts.length })) }),
  })
  const storage = openFakeStorage()
  const make = (): HardwareService => {
    const service = new HardwareService({ launcher, clock, log: new FakeLog(), storage, tickMilliseconds: 20 })
    services.push(service)
    return service
  }
  return { launcher, make, service: make() }
}

describe('HardwareService', () => {
  it('asks every backend in a process apart, confined as the models are', async () => {
    const { launcher, service } = open(backend => (backend === 'cuda' ? card(50) : no(backend)))
    expect((await service.quick()).isComplete).toBe(false)
    const found = await service.get()
    expect(found).toMatchObject({ isComplete: true, gpus: [{ names: ['A card'], freeBytes: 50 }], bandwidth: null })
    expect(found.backends.map(({ backend, isUsable }) => [backend, isUsable])).toEqual([['metal', false], ['cuda', true], ['vulkan', false], ['cpu', false]])
    expect(launcher.processes).toHaveLength(1)
    expect(launcher.processes.every(({ spec }) => spec.confinement.network === 'none' && spec.confinement.files === 'listed')).toBe(true)
    await service.get()
    expect(launcher.processes).toHaveLength(1)
  })

  it('goes on without a backend whose driver takes its process along', async () => {
    const { service, launcher: launched } = open((backend, launcher) => {
      if (backend !== 'vulkan') return no(backend)
      launcher.last.crash({ code: null, signal: 'SIGSEGV' })
      return new Promise(() => undefined)
    })
    expect((await service.get()).backends.find(({ backend }) => backend === 'vulkan')).toMatchObject({ isUsable: false, reason: 'failed' })
    expect(launched.processes).toHaveLength(2)
  })

  it('tells what is known at once, then the cards, and memory as it changes', async () => {
    const { service } = open(backend => (backend === 'cuda' ? card(70) : no(backend)))
    const seen: boolean[] = []
    for await (const { hardware } of service.watch()) {
      seen.push(hardware.isComplete)
      if (seen.length === 3) break
    }
    expect([seen[0], seen[2]]).toEqual([false, true])
  })

  it('finds a card that comes later: when somebody means it, when a page is opened, and when it has not looked for long', async () => {
    const clock = new FakeClock()
    let found: Look | null = null
    const { launcher, service } = open(backend => (backend === 'cuda' && found ? found : no(backend)), clock)
    expect((await service.get()).gpus).toEqual([])
    found = card(50)
    clock.advance(10_000)
    expect((await service.get()).gpus).toEqual([])
    expect(launcher.processes).toHaveLength(1)
    expect((await service.lookAgain()).gpus).toMatchObject([{ freeBytes: 50 }])
    // It goes, which the next look at it tells, and it comes back.
    found = null
    clock.advance(10_000)
    const gone = await service.get()
    expect(gone.gpus).toEqual([])
    expect(gone.backends.find(({ backend }) => backend === 'cuda')).toMatchObject({ isUsable: false, reason: 'no-driver' })
    found = card(60)
    for await (const { hardware } of service.watch()) if (hardware.gpus.length > 0) break
    found = null
    await service.lookAgain()
    found = card(70)
    const looks = launcher.processes.length
    clock.advance(59_000)
    expect((await service.get()).gpus).toEqual([])
    expect(launcher.processes).toHaveLength(looks)
    clock.advance(2000)
    expect((await service.get()).gpus).toMatchObject([{ freeBytes: 70 }])
  })

  it('waits with a new look for one under way, which may have begun too early', async () => {
    const gate = Promise.withResolvers<void>()
    let found = card(50)
    const { service } = open(async backend => {
      const seen = found
      if (backend === 'cuda') await gate.promise
      return backend === 'cuda' ? seen : no(backend)
    })
    const first = service.get()
    const again = service.lookAgain()
    await new Promise(resolve => setTimeout(resolve, 20))
    found = no('cuda')
    gate.resolve()
    expect((await again).gpus).toEqual([])
    await first
  })

  it('does not try a driver again by itself that took its process along', async () => {
    const clock = new FakeClock()
    const asked: Backend[] = []
    const { service } = open((backend, launcher) => {
      asked.push(backend)
      if (backend !== 'vulkan') return no(backend)
      launcher.last.crash({ code: null, signal: 'SIGSEGV' })
      return new Promise(() => undefined)
    }, clock)
    await service.get()
    asked.length = 0
    clock.advance(120_000)
    await service.get()
    expect(asked).not.toContain('vulkan')
    await service.lookAgain()
    expect(asked).toContain('vulkan')
  })

  it('keeps what it measured', async () => {
    const { service, make } = open(no)
    const measured = await service.measure()
    expect(measured).toMatchObject({ bytesPerSecond: 1e10, measuredAt: expect.any(Date) })
    expect((await make().quick()).bandwidth).toEqual(measured)
  })

  it('keeps how fast models wrote, the fastest of each, by the place where they did', async () => {
    const { service, make } = open(backend => (backend === 'cuda' ? card(70) : no(backend)))
    await service.get()
    await service.measure()
    const speed = { modelId: 'a', sizeBytes: 1e9, layers: 20, tokensPerSecond: 8, device: 'cpu', gpuLayers: 0 }
    await service.keepSpeed(speed)
    await service.keepSpeed({ ...speed, tokensPerSecond: 5 })
    await service.keepSpeed({ ...speed, tokensPerSecond: 100, device: 'cuda', gpuLayers: 21 })
    // Partly on the card, on a card that is not there, and no speed at all.
    await service.keepSpeed({ ...speed, tokensPerSecond: 900, device: 'cuda', gpuLayers: 20 })
    await service.keepSpeed({ ...speed, tokensPerSecond: 900, device: 'vulkan', gpuLayers: 21 })
    await service.keepSpeed({ ...speed, modelId: 'b', tokensPerSecond: 0 })
    const expected = [{ backend: 'cpu', bytesPerSecond: 8e9, secondsPerLayer: null, isMeasured: true }, { backend: 'cuda', bytesPerSecond: 100e9, secondsPerLayer: null, isMeasured: true }]
    expect((await service.quick()).paces).toEqual(expected)
    const later = make()
    expect((await later.quick()).paces).toEqual([expected[0]])
    expect((await later.get()).paces).toEqual(expected)
  })

  it('looks at this machine in a real process', { timeout: 120_000 }, async () => {
    const service = new HardwareService({ launcher: new NodeLauncher({ log: new FakeLog() }), clock: systemClock, log: new FakeLog(), storage: openFakeStorage() })
    services.push(service)
    const found = await service.get()
    expect(found.backends.find(({ backend }) => backend === 'cpu')).toMatchObject({ isUsable: true })
    expect(found.cpu.logicalCores).toBeGreaterThan(0)
    expect(found.memory.availableBytes).toBeLessThanOrEqual(found.memory.totalBytes)
    const { bytesPerSecond } = await service.measure()
    expect(bytesPerSecond).toBeGreaterThan(1e8)
    console.info(`Memory reads at ${(bytesPerSecond / 1e9).toFixed(1)} GB/s`)
  })
})

describe('the processor', () => {
  const block = (core: number, socket: number): string => `processor\t: 0\nphysical id\t: ${socket}\ncore id\t\t: ${core}\nflags\t\t: fpu avx avx2 fma avx512f amx_tile\n\n`
  it('is read as Linux and llama.cpp tell it', async () => {
    const text = block(0, 0) + block(1, 0) + block(0, 1) + block(0, 0)
    expect(physicalCores(text)).toBe(3)
    expect(featuresOf(text)).toEqual(['AVX', 'AVX2', 'FMA', 'AVX-512', 'AMX'])
    expect(featuresOf('Features\t: fp asimd asimddp i8mm')).toEqual(['NEON', 'dot product', 'I8MM'])
    expect([physicalCores(''), featuresOf('')]).toEqual([null, []])
    expect(featuresFromLlama('CPU : AVX = 1 | AVX2 = 1 | AVX512 = 0 | NEON = 1 | OTHER = 1')).toEqual(['AVX', 'AVX2', 'NEON'])
    expect((await readProcessor(() => Promise.reject(new Error('none')))).physicalCores).toBeNull()
  })
})

describe('the memory', () => {
  const reader = (files: Record<string, string>) => async (path: string): Promise<string> => {
    const found = files[path]
    if (found === undefined) throw new Error('none')
    return found
  }
  const meminfo = 'MemTotal:       1000000 kB\nMemFree: 1 kB\nMemAvailable:    600000 kB\n'

  it('is what can be had, less where a container allows less', async () => {
    expect(await readMemory(reader({ '/proc/meminfo': meminfo }))).toEqual({ totalBytes: 1_024_000_000, availableBytes: 614_400_000, limitBytes: null })
    const group = { '/proc/meminfo': meminfo, '/proc/self/cgroup': '0::/a/b\n', '/sys/fs/cgroup/a/memory.max': '500000000\n', '/sys/fs/cgroup/a/memory.current': '300000000\n', '/sys/fs/cgroup/a/memory.stat': 'anon 5\ninactive_file 100000000\n', '/sys/fs/cgroup/a/b/memory.max': 'max\n' }
    expect(await readMemory(reader(group))).toEqual({ totalBytes: 1_024_000_000, availableBytes: 300_000_000, limitBytes: 500_000_000 })
    const older = { '/proc/meminfo': meminfo, '/proc/self/cgroup': '5:memory:/c\n', '/sys/fs/cgroup/memory/c/memory.limit_in_bytes': '200000000', '/sys/fs/cgroup/memory/c/memory.usage_in_bytes': '50000000' }
    expect(await readMemory(reader(older))).toMatchObject({ availableBytes: 150_000_000, limitBytes: 200_000_000 })
    const none = await readMemory(reader({}))
    expect(none.totalBytes).toBeGreaterThan(0)
    expect(none.availableBytes).toBeGreaterThan(0)
  })
})
