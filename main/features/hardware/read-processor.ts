import { readFile } from 'node:fs/promises'
import { availableParallelism, cpus } from 'node:os'
import type { Hardware } from '#shared/contract/hardware.ts'

type Processor = Hardware['cpu']

/** Names of features by the flags of /proc/cpuinfo, on x64 and arm64. */
const flags: readonly (readonly [flag: string, name: string])[] = [
  ['sse4_2', 'SSE4.2'],
  ['avx', 'AVX'],
  ['avx2', 'AVX2'],
  ['fma', 'FMA'],
  ['f16c', 'F16C'],
  ['avx_vnni', 'AVX-VNNI'],
  ['avx512f', 'AVX-512'],
  ['avx512_vnni', 'AVX-512 VNNI'],
  ['avx512_bf16', 'AVX-512 BF16'],
  ['amx_tile', 'AMX'],
  ['amx_int8', 'AMX INT8'],
  ['asimd', 'NEON'],
  ['asimddp', 'dot product'],
  ['i8mm', 'I8MM'],
  ['sve', 'SVE'],
  ['sve2', 'SVE2'],
  ['sme', 'SME'],
]

/** The same features as llama.cpp names them. */
const saidByLlama: Readonly<Record<string, string>> = {
  AVX: 'AVX', AVX2: 'AVX2', FMA: 'FMA', F16C: 'F16C', AVX_VNNI: 'AVX-VNNI', AVX512: 'AVX-512', AVX512_VNNI: 'AVX-512 VNNI', AVX512_BF16: 'AVX-512 BF16', AMX_INT8: 'AMX INT8',
  NEON: 'NEON', DOTPROD: 'dot product', MATMUL_INT8: 'I8MM', SVE: 'SVE', SME: 'SME',
}

export async function readProcessor(read: (path: string) => Promise<string> = path => readFile(path, 'utf8')): Promise<Processor> {
  const text = await read('/proc/cpuinfo').catch(() => '')
  const [first] = cpus()
  return {
    model: first?.model.trim() || 'not known',
    architecture: process.arch,
    physicalCores: physicalCores(text),
    logicalCores: Math.max(cpus().length, 1),
    usableCores: availableParallelism(),
    features: featuresOf(text),
  }
}

export function featuresOf(cpuInfo: string): string[] {
  const line = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(cpuInfo)?.[1] ?? ''
  const found = new Set(line.split(/\s+/))
  return flags.filter(([flag]) => found.has(flag)).map(([, name]) => name)
}

/** For systems without /proc/cpuinfo: what llama.cpp says of itself. */
export function featuresFromLlama(systemInfo: string): string[] {
  return [...systemInfo.matchAll(/(\w+) = 1\b/g)].flatMap(([, name = '']) => saidByLlama[name] ?? [])
}

/** Null where the file does not tell, as on arm64 and on other systems. */
export function physicalCores(cpuInfo: string): number | null {
  const cores = new Set<string>()
  for (const block of cpuInfo.split(/\n\s*\n/)) {
    const core = /^core id\s*:\s*(\d+)$/m.exec(block)?.[1]
    if (core !== undefined) cores.add(`${/^physical id\s*:\s*(\d+)$/m.exec(block)?.[1] ?? '0'} ${core}`)
  }
  return cores.size === 0 ? null : cores.size
}
