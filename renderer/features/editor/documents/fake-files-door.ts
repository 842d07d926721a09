import { AppError } from '#shared/errors.ts'
import type { FileContent } from '#shared/contract/files.ts'
import type { UnsavedBuffer } from '#shared/contract/buffers.ts'
import type { FilesDoor } from './files-door.ts'

/** Files and kept buffers in memory; each write makes a new version. */
export class FakeFilesDoor implements FilesDoor {
  readonly disk = new Map<string, { text: string; version: string }>()
  readonly kept = new Map<string, UnsavedBuffer>()
  isFull = false
  #versions = 0

  /** Somebody else writes the file. */
  put(path: string, text: string): void {
    this.disk.set(path, { text, version: `v${++this.#versions}` })
  }

  read = async (path: string): Promise<FileContent> => {
    await Promise.resolve()
    const file = this.disk.get(path)
    if (!file) throw new AppError('FILE_NOT_FOUND', { path })
    const rest = { encoding: 'utf-8', lineEnding: 'lf', hasInvalidText: file.text.includes('\ufffd'), isReadOnly: false } as const
    return { path, text: file.text, version: file.version, sizeBytes: file.text.length, ...rest }
  }
  write: FilesDoor['write'] = async ({ path, text, expectedVersion }) => {
    await Promise.resolve()
    const standing = this.disk.get(path)
    if (this.isFull) throw new AppError('DISK_FULL', { path })
    if (expectedVersion !== null && standing?.version !== expectedVersion) throw new AppError('FILE_CHANGED_ON_DISK', { path, version: standing?.version ?? null })
    this.put(path, text)
    return { version: `v${this.#versions}` }
  }
  stat: FilesDoor['stat'] = path => {
    const file = this.disk.get(path)
    return Promise.resolve(file ? { name: path, path, kind: 'file', isLink: false, sizeBytes: file.text.length, modifiedAt: new Date(0) } : null)
  }
  keep: FilesDoor['keep'] = buffer => {
    if (this.isFull) return Promise.reject(new AppError('STORAGE_FULL', { path: buffer.path }))
    this.kept.set(buffer.path, { ...buffer, savedAt: new Date(0) })
    return Promise.resolve()
  }
  discard: FilesDoor['discard'] = path => {
    this.kept.delete(path)
    return Promise.resolve()
  }
  listKept: FilesDoor['listKept'] = () => Promise.resolve([...this.kept.values()])
}
