import { constants } from 'node:fs'
import fs, { type FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { errnoOf } from './file-errors.ts'
import type { FileIdentity, Files, FileStat, FolderItem, ReadResult } from './files.ts'

/**
 * A disk where every path must be what `realPath` gave, also at the moment it is used: a folder on the way that was swapped for a link since
 * is refused with `ELOOP`. On Linux the folder is held open and its entries are reached through it, so that no swap can come between; elsewhere
 * the way is checked before and after, which leaves a reader nothing and a writer a moment.
 */
export class PinnedFiles implements Files {
  readonly #files: Files
  readonly #pin: Pin
  constructor(files: Files, platform: NodeJS.Platform = process.platform) {
    this.#files = files
    this.#pin = platform === 'linux' ? throughDescriptor : betweenChecks
  }

  async stat(path: string): Promise<FileStat | null> {
    return await this.#files.stat(path)
  }

  async identity(path: string): Promise<FileIdentity | null> {
    return await this.#files.identity(path)
  }

  async items(folder: string): Promise<FolderItem[]> {
    return await this.#pin(folder, pinned => this.#files.items(pinned))
  }

  realPath(path: string): Promise<string> {
    return this.#files.realPath(path)
  }

  canRead(path: string): Promise<boolean> {
    return this.#files.canRead(path)
  }

  canWrite(path: string): Promise<boolean> {
    return this.#files.canWrite(path)
  }

  async read(path: string, limitBytes: number): Promise<ReadResult> {
    return await this.#entry(path, pinned => this.#files.read(pinned, limitBytes, { followsLink: false }))
  }

  async replace(path: string, bytes: Uint8Array): Promise<void> {
    await this.#entry(path, pinned => this.#files.replace(pinned, bytes))
  }

  async createFile(path: string): Promise<void> {
    await this.#entry(path, pinned => this.#files.createFile(pinned))
  }

  async createFolder(path: string): Promise<void> {
    try {
      await this.#pin(path, async () => undefined)
      return
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT' || dirname(path) === path) throw error
    }
    await this.createFolder(dirname(path))
    // One level only: Node's own recursion never ends below a folder that was removed while it is held open.
    await this.#entry(path, pinned => fs.mkdir(pinned)).catch((error: unknown) => {
      if (errnoOf(error) !== 'EEXIST') throw error
    })
    await this.#pin(path, async () => undefined)
  }

  async move(from: string, to: string): Promise<void> {
    await this.#entry(from, source => this.#entry(to, target => this.#files.move(source, target)))
  }

  async trash(path: string): Promise<void> {
    // The system's trash wants the path itself.
    await this.#pin(dirname(path), async () => undefined)
    await this.#files.trash(path)
  }

  async #entry<T>(path: string, work: (pinned: string) => Promise<T>): Promise<T> {
    return await this.#pin(dirname(path), folder => work(join(folder, basename(path))))
  }
}

/** Runs `work` with a path that stays the folder at `path`. */
type Pin = <T>(path: string, work: (pinned: string) => Promise<T>) => Promise<T>

const throughDescriptor: Pin = async (path, work) => {
  const handle = await openFolder(path)
  try {
    const pinned = `/proc/self/fd/${handle.fd}`
    if ((await fs.readlink(pinned)) !== path) throw swapped(path)
    return await work(pinned)
  } finally {
    await handle.close()
  }
}

const betweenChecks: Pin = async (path, work) => {
  if ((await fs.realpath(path)) !== path) throw swapped(path)
  const result = await work(path)
  if ((await fs.realpath(path)) !== path) throw swapped(path)
  return result
}

/** Names a folder without reading it, so that one which may be entered but not listed serves too (open(2); Node has no name for it). */
const pathOnly = 0o10000000

async function openFolder(path: string): Promise<FileHandle> {
  return await fs.open(path, pathOnly | constants.O_DIRECTORY | constants.O_NOFOLLOW)
}

function swapped(path: string): Error {
  return Object.assign(new Error(`ELOOP: a folder on the way became a link: ${path}`), { code: 'ELOOP' })
}
