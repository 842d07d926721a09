import { readFile } from 'node:fs/promises'
import { totalmem } from 'node:os'
import { dirname, join } from 'node:path'
import type { Hardware } from '#shared/contract/hardware.ts'

type Memory = Hardware['memory']
type Read = (path: string) => Promise<string>

const cgroups = '/sys/fs/cgroup'

/** Memory that there is and that can be had now; what a container allows counts. */
export async function readMemory(read: Read = path => readFile(path, 'utf8')): Promise<Memory> {
  const text = await read('/proc/meminfo').catch(() => '')
  const totalBytes = kilobytes(text, 'MemTotal') ?? totalmem()
  const freeBytes = kilobytes(text, 'MemAvailable') ?? process.availableMemory()
  const limit = await tightestLimit(read)
  const limitBytes = limit && limit.limitBytes < totalBytes ? limit.limitBytes : null
  return { totalBytes, availableBytes: Math.max(0, Math.min(freeBytes, limitBytes === null || !limit ? Infinity : limit.limitBytes - limit.usedBytes)), limitBytes }
}

function kilobytes(text: string, key: string): number | null {
  const value = new RegExp(`^${key}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1]
  return value === undefined ? null : Number(value) * 1024
}

interface Limit {
  limitBytes: number
  /** Without what the system would give up: pages of files that it can read again. */
  usedBytes: number
}

/** The limit that leaves the least, of this process's group and those above it. */
async function tightestLimit(read: Read): Promise<Limit | null> {
  const groups = await read('/proc/self/cgroup').catch(() => '')
  const unified = /^0::(.*)$/m.exec(groups)?.[1]
  const older = /^\d+:(?:[\w,]*,)?memory(?:,[\w,]*)?:(.*)$/m.exec(groups)?.[1]
  const limits = [
    ...(unified === undefined ? [] : await Promise.all(pathsAbove(unified).map(path => limitIn(read, join(cgroups, path), ['memory.max', 'memory.current', 'inactive_file'])))),
    ...(older === undefined ? [] : await Promise.all([...pathsAbove(older)].map(path => limitIn(read, join(cgroups, 'memory', path), ['memory.limit_in_bytes', 'memory.usage_in_bytes', 'total_inactive_file'])))),
  ].filter(limit => limit !== null)
  return limits.sort((a, b) => a.limitBytes - a.usedBytes - (b.limitBytes - b.usedBytes))[0] ?? null
}

function pathsAbove(path: string): string[] {
  return path === '/' || path === '.' || !path.startsWith('/') ? ['/'] : [path, ...pathsAbove(dirname(path))]
}

async function limitIn(read: Read, folder: string, [limitFile = '', usedFile = '', cacheKey = '']: readonly string[]): Promise<Limit | null> {
  try {
    const limitBytes = Number((await read(join(folder, limitFile))).trim())
    if (!Number.isFinite(limitBytes) || limitBytes <= 0) return null
    const used = Number((await read(join(folder, usedFile))).trim())
    const cached = Number(new RegExp(`^${cacheKey} (\\d+)$`, 'm').exec(await read(join(folder, 'memory.stat')).catch(() => ''))?.[1] ?? 0)
    return { limitBytes, usedBytes: Math.max(0, used - cached) }
  } catch {
    return null
  }
}
