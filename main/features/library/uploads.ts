import { randomUUID } from 'node:crypto'
import { lstat, mkdir, open, readdir, rm, statfs, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AppError } from '#shared/errors.ts'
import { describeModel } from '#shared/gguf/describe-model.ts'
import { writeError } from '../../platform/files/file-errors.ts'
import { giveName } from '../../platform/files/give-name.ts'
import { withGgufFile } from '../../platform/files/gguf-source.ts'

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
const uploadsFolder = 'uploads'

/** Files that a page hands over piece by piece, since a page knows no paths. */
export class Uploads {
  readonly #uploads = new Map<string, Upload>()
  /** Places that are taken, from before a file is opened. */
  readonly #parts = new Set<string>()
  readonly #folder: () => Promise<string>

  constructor(folder: () => Promise<string>) {
    this.#folder = folder
  }

  /** Throws FILE_NAME_INVALID, FILE_EXISTS, DISK_FULL, FILE_NOT_WRITABLE. */
  async begin(name: string, sizeBytes: number): Promise<string> {
    if (!/^[^/\\\0]{1,200}\.gguf$/i.test(name) || name.startsWith('.')) throw new AppError('FILE_NAME_INVALID', { name, reason: 'it must be the plain name of a GGUF file' })
    if (this.#parts.size >= mostUploads) throw new AppError('FILE_NOT_WRITABLE', { path: name, reason: 'several uploads are under way already' })
    const id = randomUUID()
    this.#parts.add(id)
    let path = name
    try {
      path = join(await this.#folder(), uploadsFolder, name)
      const partPath = `${path}.${id.slice(0, 8)}.part`
      await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      const { bavail, bsize } = await statfs(dirname(path))
      if (bavail * bsize < sizeBytes) throw new AppError('DISK_FULL', { path })
      // A name that is taken is told before gigabytes have come.
      const isTaken = await lstat(path).then(() => true, () => false)
      if (isTaken) throw new AppError('FILE_EXISTS', { path })
      this.#uploads.set(id, { file: await open(partPath, 'wx', 0o600), partPath, path, sizeBytes, receivedBytes: 0, timer: this.#patience(id) })
      return id
    } catch (error) {
      this.#parts.delete(id)
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
      for (let written = 0; written < bytes.length; ) written += (await upload.file.write(bytes, written, bytes.length - written, offset + written)).bytesWritten
    } catch (error) {
      await this.cancel(id)
      throw writeError(error, upload.path)
    }
    return upload.receivedBytes
  }

  /**
   * The path of the whole file, which is a model by its header and had no name before. Throws UPLOAD_NOT_FOUND, UPLOAD_OUT_OF_ORDER where bytes are missing,
   * FILE_EXISTS, what `describeModel` and what the disk says.
   */
  async end(id: string): Promise<string> {
    const upload = this.#find(id)
    const { file, path, partPath } = upload
    if (upload.receivedBytes !== upload.sizeBytes) throw new AppError('UPLOAD_OUT_OF_ORDER', { expected: upload.receivedBytes, received: upload.sizeBytes })
    this.#uploads.delete(id)
    clearTimeout(upload.timer)
    try {
      await file.datasync().finally(() => file.close())
      await withGgufFile(partPath, source => describeModel({ ...source, path }))
      await giveName(partPath, path)
      return path
    } catch (error) {
      await rm(partPath, { force: true })
      throw writeError(error, path)
    } finally {
      this.#parts.delete(id)
    }
  }

  /** Removes what a process that was killed left of its uploads. */
  async sweep(): Promise<void> {
    const folder = join(await this.#folder(), uploadsFolder)
    // Another host with the same folder of models may be at work on what is young.
    const before = Date.now() - idleMilliseconds
    for (const name of await readdir(folder).catch(() => [])) {
      if (!/\.gguf\.[0-9a-f]{8}\.part$/i.test(name)) continue
      const found = await lstat(join(folder, name)).catch(() => null)
      if (found?.isFile() && found.mtimeMs < before) await rm(join(folder, name), { force: true }).catch(() => undefined)
    }
  }

  async cancel(id: string): Promise<void> {
    const upload = this.#uploads.get(id)
    if (!upload) return
    this.#uploads.delete(id)
    this.#parts.delete(id)
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
