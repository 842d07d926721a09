import { createRequire } from 'node:module'
import { getLlama, LlamaLogLevel, type Llama } from 'node-llama-cpp'
import type { Backend, BackendState, Gpu } from '#shared/contract/hardware.ts'
import type { Look } from './contract.ts'

type Why = Pick<BackendState, 'reason' | 'detail'>

const systems: Record<Exclude<Backend, 'cpu'>, readonly NodeJS.Platform[]> = { metal: ['darwin'], cuda: ['linux', 'win32'], vulkan: ['linux', 'win32'] }
const names = { metal: 'Metal', cuda: 'CUDA', vulkan: 'Vulkan' } as const
const drivers: Partial<Record<Backend, Partial<Record<NodeJS.Platform, string>>>> = {
  cuda: { linux: 'libcuda.so.1', win32: 'nvcuda.dll' },
  vulkan: { linux: 'libvulkan.so.1', win32: 'vulkan-1.dll' },
}

/** What can be said of a backend without starting it; null where it may work. */
export function reasonBefore(backend: Exclude<Backend, 'cpu'>, platform: NodeJS.Platform = process.platform, { hasPackage = isInstalled, hasLibrary = canBeLoaded } = {}): Why | null {
  if (!systems[backend].includes(platform)) return { reason: 'other-system', detail: `${names[backend]} is made for ${backend === 'metal' ? 'macOS' : 'Linux and Windows'}.` }
  if (!hasPackage(backend, platform)) return { reason: 'not-installed', detail: `The package of llama.cpp for ${names[backend]} is not installed on this machine.` }
  const library = drivers[backend]?.[platform]
  if (library !== undefined && !hasLibrary(library)) return { reason: 'no-driver', detail: `Its driver is missing: the library ${library} was not found.` }
  return null
}

/** Starts llama.cpp on a backend. Whatever goes wrong is what comes back. */
export async function lookAt(backend: Backend): Promise<Look> {
  const before = backend === 'cpu' ? null : reasonBefore(backend)
  const not = (why: Why, systemInfo = ''): Look => ({ state: { backend, isUsable: false, ...why }, gpu: null, systemInfo })
  if (before) return not(before)
  try {
    await using llama = await open(backend)
    const state = { backend, isUsable: true, reason: null, detail: null } as const
    if (backend === 'cpu') return { state, gpu: null, systemInfo: llama.systemInfo }
    const gpu = await gpuOf(backend, llama)
    if (gpu.totalBytes > 0) return { state, gpu, systemInfo: llama.systemInfo }
    return not({ reason: 'no-device', detail: 'Its driver finds no graphics card.' }, llama.systemInfo)
  } catch (error) {
    return not({ reason: 'failed', detail: `llama.cpp could not start it: ${(error instanceof Error ? error.message : String(error)).slice(0, 200)}` })
  }
}

async function gpuOf(backend: Backend, llama: Llama): Promise<Gpu> {
  const { total, free, unifiedSize } = await llama.getVramState()
  return { backend, names: await llama.getGpuDeviceNames(), totalBytes: total, freeBytes: free, unifiedBytes: unifiedSize }
}

function open(backend: Backend): Promise<Llama> {
  return getLlama({ gpu: backend === 'cpu' ? false : backend, build: 'never', skipDownload: true, progressLogs: false, logLevel: LlamaLogLevel.disabled, vramPadding: 0 })
}

/** Packages of the binaries by node-llama-cpp's naming; Metal comes with that of macOS itself. */
function isInstalled(backend: Backend, platform: NodeJS.Platform): boolean {
  const system = platform === 'darwin' ? 'mac' : platform === 'win32' ? 'win' : 'linux'
  const name = `@node-llama-cpp/${system}-${process.arch}${backend === 'metal' ? '-metal' : `-${backend}`}`
  try {
    createRequire(createRequire(import.meta.url).resolve('node-llama-cpp')).resolve(`${name}/package.json`)
    return true
  } catch (error) {
    // A package that hides its manifest is there all the same.
    return error instanceof Error && 'code' in error && error.code === 'ERR_PACKAGE_PATH_NOT_EXPORTED'
  }
}

/** Asks the system's own loader, which knows where libraries lie: one that is found is no module of Node's, and the words of the two failures differ. */
function canBeLoaded(library: string): boolean {
  try {
    process.dlopen({ exports: {} }, library)
    return true
  } catch (error) {
    const words = error instanceof Error ? error.message : ''
    return !/cannot open shared object|no such file|image not found|specified module could not be found/i.test(words)
  }
}
