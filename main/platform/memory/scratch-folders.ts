import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, readdirSync, rmSync, statfsSync } from 'node:fs'
import { join } from 'node:path'

/** Linux's number of a file system that lies in memory alone. */
const tmpfsType = 0x01021994
const prefix = 'cortex-scratch-'

interface Options {
  /** Where such a file system is. */
  place?: string
  isInMemory?: (path: string) => boolean
}

/** Folders in memory for what a worker hands to the host in a file, one for each worker, readable by nobody else. They go with this process. */
export class ScratchFolders {
  readonly #place: string
  readonly #root: string | null

  constructor({ place = '/dev/shm', isInMemory = isTmpfs }: Options = {}) {
    this.#place = place
    this.#root = isInMemory(place) ? this.#makeRoot() : null
  }

  /** Null where this system has no files in memory: nothing is written then. */
  make(name: string): string | null {
    if (!this.#root) return null
    const path = join(this.#root, `${name}-${randomBytes(6).toString('hex')}`)
    mkdirSync(path, { mode: 0o700 })
    return path
  }

  /** Bytes that still fit. */
  freeBytes(): number {
    if (!this.#root) return 0
    const { bavail, bsize } = statfsSync(this.#root)
    return bavail * bsize
  }

  dispose(): void {
    if (this.#root) rmSync(this.#root, { recursive: true, force: true })
  }

  #makeRoot(): string | null {
    try {
      this.#clear()
      const root = join(this.#place, `${prefix}${process.pid}-${randomBytes(6).toString('hex')}`)
      mkdirSync(root, { mode: 0o700 })
      // Whatever the mask of this process takes away or leaves.
      chmodSync(root, 0o700)
      return root
    } catch {
      return null
    }
  }

  /** What a host left that was killed; that of another person stays, for it cannot be removed. */
  #clear(): void {
    for (const name of readdirSync(this.#place)) {
      const pid = Number(new RegExp(`^${prefix}(\\d+)-[0-9a-f]{12}$`).exec(name)?.[1])
      if (!pid || isRunning(pid)) continue
      try {
        rmSync(join(this.#place, name), { recursive: true, force: true })
      } catch {
        // Not ours.
      }
    }
  }
}

function isTmpfs(path: string): boolean {
  try {
    return process.platform === 'linux' && statfsSync(path).type === tmpfsType
  } catch {
    return false
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
