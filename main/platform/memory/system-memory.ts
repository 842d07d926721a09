import { readFile } from 'node:fs/promises'
import { freemem, totalmem } from 'node:os'
import type { CardLook, MachineMemory, Memory, ProcessMemory } from './memory.ts'

interface Options {
  /** The graphics card, as whoever knows it says. */
  gpu?: (look: CardLook) => Promise<MachineMemory['gpu']>
  /** Text of a file of the kernel; null where there is none. */
  read?: (path: string) => Promise<string | null>
}

/** As Linux tells it, a container's limit included; elsewhere as Node does. */
export class SystemMemory implements Memory {
  readonly #gpu: (look: CardLook) => Promise<MachineMemory['gpu']>
  readonly #read: (path: string) => Promise<string | null>

  constructor({ gpu = async () => null, read = readText }: Options = {}) {
    this.#gpu = gpu
    this.#read = read
  }

  async machine(card: CardLook = 'shown'): Promise<MachineMemory> {
    const [info, limit, gpu] = await Promise.all([this.#read('/proc/meminfo'), this.#limit(), this.#gpu(card)])
    const totalBytes = kibibytes(info, 'MemTotal') ?? totalmem()
    const freeBytes = kibibytes(info, 'MemAvailable') ?? freemem()
    return { totalBytes: Math.min(totalBytes, limit?.totalBytes ?? Infinity), freeBytes: Math.min(freeBytes, limit?.freeBytes ?? Infinity), gpu }
  }

  async process(pid: number): Promise<ProcessMemory | null> {
    const status = await this.#read(`/proc/${pid}/status`)
    const anonymous = kibibytes(status, 'RssAnon')
    const file = kibibytes(status, 'RssFile')
    return anonymous === null || file === null ? null : { bytes: anonymous + file + (kibibytes(status, 'RssShmem') ?? 0), fileBytes: file }
  }

  /** A container may have less than the machine. What it read of files is its own too, and given back when it is needed. */
  async #limit(): Promise<{ totalBytes: number; freeBytes: number } | null> {
    const folder = '/sys/fs/cgroup'
    const [most, used, statistics] = await Promise.all([this.#read(`${folder}/memory.max`), this.#read(`${folder}/memory.current`), this.#read(`${folder}/memory.stat`)])
    const totalBytes = Number(most?.trim() ?? 'max')
    if (!Number.isFinite(totalBytes)) return null
    const files = Number(/^inactive_file (\d+)$/m.exec(statistics ?? '')?.[1] ?? 0) + Number(/^active_file (\d+)$/m.exec(statistics ?? '')?.[1] ?? 0)
    return { totalBytes, freeBytes: Math.max(0, totalBytes - Number(used ?? 0) + files) }
  }
}

function kibibytes(text: string | null, name: string): number | null {
  const found = text === null ? null : new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1]
  return found ? Number(found) * 1024 : null
}

async function readText(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch {
    return null
  }
}
