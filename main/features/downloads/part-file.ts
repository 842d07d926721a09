import { mkdir, open, rm, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AppError } from '#shared/errors.ts'
import { freeDisk } from '../../platform/files/free-disk.ts'
import { isNoRoom, writeError } from '../../platform/files/file-errors.ts'
import { giveName } from '../../platform/files/give-name.ts'

/** What a download asks of the disk, so that a test can let it be full. */
export interface DownloadDisk {
  open(path: string, flags: string): Promise<FileHandle>
  freeBytes(folder: string): Promise<number | null>
}

export const downloadDisk: DownloadDisk = {
  open: async (path, flags) => await open(path, flags, 0o600),
  freeBytes: freeDisk,
}

export const partPath = (path: string): string => `${path}.part`
export const journalPath = (path: string): string => `${path}.part.blocks`

/** A file that is not whole yet: as long as it will be, and sparse where nothing came. */
export class PartFile {
  readonly path: string
  readonly #file: FileHandle
  readonly #disk: DownloadDisk

  private constructor(path: string, file: FileHandle, disk: DownloadDisk) {
    this.path = path
    this.#file = file
    this.#disk = disk
  }

  /** Opens what is there or begins. Throws DISK_FULL, FILE_NOT_WRITABLE and the like. */
  static async open(path: string, disk: DownloadDisk): Promise<PartFile> {
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      const file = await disk.open(path, 'r+').catch(async (error: unknown) => {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return await disk.open(path, 'wx+')
        throw error
      })
      return new PartFile(path, file, disk)
    } catch (error) {
      throw writeError(error, path)
    }
  }

  async sizeBytes(): Promise<number> {
    return (await this.#file.stat()).size
  }

  /** Makes the file as long as it will be. Throws DOWNLOAD_DISK_FULL where what is still to come has no room. */
  async reserve(sizeBytes: number, toComeBytes: number): Promise<void> {
    await this.demandRoom(toComeBytes)
    await this.#guarded(() => this.#file.truncate(sizeBytes), toComeBytes)
  }

  /** Throws DOWNLOAD_DISK_FULL. */
  async demandRoom(neededBytes: number): Promise<void> {
    const freeBytes = await this.#disk.freeBytes(dirname(this.path))
    if (freeBytes !== null && freeBytes < neededBytes) throw new AppError('DOWNLOAD_DISK_FULL', { path: this.path, neededBytes, freeBytes })
  }

  async write(bytes: Uint8Array, position: number, toComeBytes: number): Promise<void> {
    await this.#guarded(async () => {
      let written = 0
      while (written < bytes.length) written += (await this.#file.write(bytes, written, bytes.length - written, position + written)).bytesWritten
    }, toComeBytes)
  }

  async sync(): Promise<void> {
    await this.#guarded(() => this.#file.datasync(), 0)
  }

  async close(): Promise<void> {
    await this.#file.close()
  }

  async #guarded(work: () => Promise<unknown>, toComeBytes: number): Promise<void> {
    try {
      await work()
    } catch (error) {
      if (!isNoRoom(error)) throw writeError(error, this.path)
      throw new AppError('DOWNLOAD_DISK_FULL', { path: this.path, neededBytes: toComeBytes, freeBytes: await this.#disk.freeBytes(dirname(this.path)) }, { cause: error })
    }
  }
}

/** Gives a file that is whole its own name, durably. Throws FILE_EXISTS where another file came there meanwhile. */
export async function finishPart(path: string): Promise<void> {
  try {
    await giveName(partPath(path), path)
    await syncFolder(dirname(path))
    await rm(journalPath(path), { force: true })
  } catch (error) {
    throw writeError(error, path)
  }
}

export async function dropPart(path: string): Promise<void> {
  await rm(partPath(path), { force: true })
  await rm(journalPath(path), { force: true })
}

async function syncFolder(folder: string): Promise<void> {
  // Windows has no such call for folders.
  if (process.platform === 'win32') return
  await using handle = await open(folder)
  await handle.sync()
}
