import type { Backend, BackendState, Hardware } from '#shared/contract/hardware.ts'
import { sizeWords } from '#shared/size-words.ts'

const backendNames: Readonly<Record<Backend, string>> = { cuda: 'CUDA', vulkan: 'Vulkan', metal: 'Metal', cpu: 'Processor' }
export function backendName(backend: Backend): string {
  return backendNames[backend]
}

/** `NVIDIA RTX 4070, 12.0 GB, CUDA · 16 cores, AVX-512 · 41 of 64 GB memory free`. */
export function hardwareLine(hardware: Hardware): string {
  const { cpu, memory, gpus } = hardware
  const cards = gpus.map(({ names, totalBytes, backend }) => [names.join(' and '), sizeWords(totalBytes), backendNames[backend]].filter(Boolean).join(', '))
  const best = bestFeature(cpu.features)
  const cores = cpu.usableCores === 1 ? '1 core' : `${cpu.usableCores} cores`
  return [
    ...cards,
    best === null ? cores : `${cores}, ${best}`,
    `${sizeWords(memory.availableBytes)} of ${sizeWords(memory.limitBytes ?? memory.totalBytes)} memory free`,
    ...(cards.length === 0 && hardware.isComplete ? ['no graphics card is used'] : []),
  ].join(' · ')
}

/** The widest instructions say the most about a processor. */
function bestFeature(features: readonly string[]): string | null {
  return ['AMX', 'AVX-512', 'AVX512', 'AVX2', 'AVX', 'SVE', 'NEON'].find(name => features.includes(name)) ?? null
}

const reasons: Readonly<Record<NonNullable<BackendState['reason']>, string>> = {
  'other-system': 'for another system',
  'not-installed': 'not installed',
  'no-driver': 'no driver',
  'no-device': 'no card found',
  failed: 'failed to start',
  unknown: 'could not be looked at',
}

export function backendWords({ isUsable, reason }: BackendState): string {
  return isUsable ? 'usable' : reason === null ? 'not usable' : reasons[reason]
}

/** Rows about the processor and its memory. */
export function hardwareRows({ cpu, memory, bandwidth }: Hardware): { label: string; value: string }[] {
  const cores = cpu.physicalCores === null || cpu.physicalCores === cpu.logicalCores ? `${cpu.logicalCores}` : `${cpu.physicalCores}, ${cpu.logicalCores} threads`
  return [
    { label: 'Processor', value: `${cpu.model}, ${cpu.architecture}` },
    { label: 'Cores', value: cpu.usableCores < cpu.logicalCores ? `${cores}; ${cpu.usableCores} for Cortex` : cores },
    { label: 'Instructions', value: cpu.features.length === 0 ? 'not known' : cpu.features.join(', ') },
    { label: 'Memory free', value: `${sizeWords(memory.availableBytes)} of ${sizeWords(memory.totalBytes)}${memory.limitBytes === null ? '' : `, limit ${sizeWords(memory.limitBytes)}`}` },
    { label: 'Memory speed', value: bandwidth === null ? 'not measured' : `${sizeWords(bandwidth.bytesPerSecond)}/s with ${bandwidth.threads === 1 ? '1 thread' : `${bandwidth.threads} threads`}` },
  ]
}
