import type { Check } from '#shared/contract/doctor.ts'
import type { Hardware } from '#shared/contract/hardware.ts'
import { sizeWords } from '#shared/size-words.ts'
import { ok, warning } from './checks.ts'

const backendNames = { metal: 'Metal', cuda: 'CUDA', vulkan: 'Vulkan', cpu: 'processor' } as const
const fewBytes = 1.5e9

/** What the machine has for models. */
export function hardwareChecks({ cpu, memory, gpus, backends }: Hardware): Check[] {
  const cores = [cpu.physicalCores === null ? null : `${cpu.physicalCores} cores`, `${cpu.logicalCores} threads`, cpu.usableCores < cpu.logicalCores ? `${cpu.usableCores} usable` : null].filter(part => part !== null)
  const processor = `${cpu.model}, ${cores.join(', ')}${cpu.features.length > 0 ? `; ${cpu.features.join(', ')}` : ''}`
  const isSlow = cpu.architecture === 'x64' && cpu.features.length > 0 && !cpu.features.includes('AVX2')
  const free = `${sizeWords(memory.availableBytes)} of ${sizeWords(memory.totalBytes)} free${memory.limitBytes === null ? '' : `, limited to ${sizeWords(memory.limitBytes)}`}`
  return [
    isSlow ? warning('Processor', processor, 'It has no AVX2: models run, and slowly.') : ok('Processor', processor),
    memory.availableBytes < fewBytes ? warning('Memory', free, 'Close other programs before a larger model is loaded.') : ok('Memory', free),
    ...backends.filter(({ reason }) => reason !== 'other-system').map(({ backend, isUsable, detail, reason }): Check => {
      const name = backend === 'cpu' ? 'llama.cpp on the processor' : `Graphics by ${backendNames[backend]}`
      const gpu = gpus.find(one => one.backend === backend)
      if (isUsable) return ok(name, gpu ? `${gpu.names.join(', ')}; ${sizeWords(gpu.freeBytes)} of ${sizeWords(gpu.totalBytes)} free` : 'usable')
      const found = `not usable: ${detail ?? 'not known why'}`
      return reason === 'failed' || backend === 'cpu' ? warning(name, found, 'Read the log; models run without it.') : ok(name, found)
    }),
  ]
}
