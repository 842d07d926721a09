import { randomUUID } from 'node:crypto'
import { mkdir, open, rename, rm, statfs, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AppError } from '#shared/errors.ts'
import { writeError } from '../../platform/files/file-errors.ts'

interface Upload {
  file: FileHandle
  /** Until it is whole. */
  partPath: string
  path: string
  sizeBytes: number
  receivedBytes: number
  timer: ReturnType<typeof setTimeout>
}

export const uploadPartBytes = 4 * 1024 * 1024
const idleMilliseconds = 10 * 60_000
const mostUploads = 8

/** Files that a page hands over piece by piece, since a page knows no paths. */
export class Uploads {
  readonly #uploads = new Map<string, Upload>()
  readonly #folder: () => Promise<string>

  constructor(folder: () => Promise<string>) {
    this.#folder = folder
  }

  /** Throws FILE_NAME_INVALID, FILE_EXISTS, DISK_FULL, FILE_NOT_WRITABLE. */
  async begin(name: string, sizeBytes: number): Promise<string> {
    if (!/^[^/\\\0]{1,200}\.gguf$/i.test(name) || name.startsWith('.')) throw new AppError('FILE_NAME_INVALID', { name, reason: 'it must be the plain name of a GGUF file' })
    if (this.#uploads.size >= mostUploads) throw new AppError('FILE_NOT_WRITABLE', { path: name, reason: 'several uploads are under way already' })
    const path = join(await this.#folder(), 'uploads', name)
    const partPath = `${path}.${randomUUID().slice(0, 8)}.part`
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      const { bavail, bsize } = await statfs(dirname(path))
      if (bavail * bsize < sizeBytes) throw new AppError('DISK_FULL', { path })
      // A name that is taken is told before gigabytes have come.
      const isTaken = await open(path).then(async file => (await file.close(), true), () => false)
      if (isTaken) throw new AppError('FILE_EXISTS', { path })
      const id = randomUUID()
      this.#uploads.set(id, { file: await open(partPath, 'wx', 0o600), partPath, path, sizeBytes, receivedBytes: 0, timer: this.#patience(id) })
      return id
    } catch (error) {
      throw writeError(error, path)
    }
  }

  /** Bytes that have come. Throws UPLOAD_NOT_FOUND, UPLOAD_OUT_OF_ORDER, DISK_FULL, FILE_NOT_WRITABLE. */
  async add(id: string, offset: number, bytes: Uint8Array): Promise<number> {
    const upload = this.#find(id)
    if (offset !== upload.receivedBytes || offset + bytes.length > upload.sizeBytes || bytes.length > uploadPartBytes) throw new AppError('UPLOAD_OUT_OF_ORDER', { expected: upload.receivedBytes, received: offset })
    upload.receivedBytes += bytes.length
    upload.timer.refresh()
    try {
      await upload.file.write(bytes, 0, bytes.length, offset)
    } catch (error) {
      await this.cancel(id)
      throw writeError(error, upload.path)
    }
    return upload.receivedBytes
  }

  /** The path of the whole file. Throws UPLOAD_NOT_FOUND, UPLOAD_OUT_OF_ORDER where bytes are missing, and what the disk says. */
  async end(id: string): Promise<string> {
    const upload = this.#find(id)
    if (upload.receivedBytes !== upload.sizeBytes) throw new AppError('UPLOAD_OUT_OF_ORDER', { expected: upload.receivedBytes, received: upload.sizeBytes })
    this.#uploads.delete(id)
    clearTimeout(upload.timer)
    try {
      await upload.file.datasync()
      await upload.file.close()
      await rename(upload.partPath, upload.path)
      return upload.path
    } catch (error) {
      await rm(upload.partPath, { force: true })
      throw writeError(error, upload.path)
    }
  }

  async cancel(id: string): Promise<void> {
    const upload = this.#uploads.get(id)
    if (!upload) return
    this.#uploads.delete(id)
    clearTimeout(upload.timer)
    await upload.file.close().catch(() => undefined)
    await rm(upload.partPath, { force: true })
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.#uploads.keys()].map(id => this.cancel(id)))
  }

  #find(id: string): Upload {
    const upload = this.#uploads.get(id)
    if (!upload) throw new AppError('UPLOAD_NOT_FOUND', { id })
    return upload
  }

  #patience(id: string): ReturnType<typeof setTimeout> {
    return setTimeout(() => void this.cancel(id).catch(() => undefined), idleMilliseconds).unref()
  }
}
