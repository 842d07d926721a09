import type { BigIntStats, Dirent, Stats } from 'node:fs'
import fs, { constants } from 'node:fs/promises'
import { dirname } from 'node:path'
import moveToTrash from 'trash'
import { diskCalls, type DiskCalls } from './disk-calls.ts'
import { errnoOf } from './file-errors.ts'
import type { FileIdentity, Files, FileStat, FolderItem, ReadResult } from './files.ts'
import { replaceFile, syncFolder } from './replace-file.ts'

/** The real disk. */
export class DiskFiles implements Files {
  readonly #calls: DiskCalls
  constructor(calls: DiskCalls = diskCalls) {
    this.#calls = calls
  }

  async stat(path: string): Promise<FileStat | null> {
    const own = await orNull(fs.lstat(path))
    if (!own) return null
    if (!own.isSymbolicLink()) return { ...shape(own), isLink: false }
    // A link to nothing, in a circle or to where we may not look still stands there itself.
    const end = await fs.stat(path).catch(() => null)
    return end ? { ...shape(end), isLink: true } : { ...shape(own), kind: 'other', isLink: true }
  }

  async identity(path: string): Promise<FileIdentity | null> {
    const stat = await orNull(fs.stat(path, { bigint: true }))
    return stat && { key: `${stat.dev}:${stat.ino}`, kind: kindOf(stat), links: Number(stat.nlink), revision: `${stat.ino}:${stat.size}:${stat.mtimeNs}:${stat.ctimeNs}` }
  }

  async items(folder: string): Promise<FolderItem[]> {
    const entries = await fs.readdir(folder, { withFileTypes: true })
    return entries.map(entry => ({ name: entry.name, kind: itemKind(entry) }))
  }

  realPath(path: string): Promise<string> {
    return fs.realpath(path)
  }

  canRead(path: string): Promise<boolean> {
    return fs.access(path, constants.R_OK).then(() => true, () => false)
  }

  canWrite(path: string): Promise<boolean> {
    return fs.access(path, constants.W_OK).then(() => true, () => false)
  }

  async read(path: string, limitBytes: number, { followsLink = true } = {}): Promise<ReadResult> {
    // Without O_NONBLOCK, opening a named pipe waits for somebody who writes to it. Windows knows neither flag.
    const handle = await fs.open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (followsLink ? 0 : (constants.O_NOFOLLOW ?? 0)))
    try {
      const stat = await handle.stat()
      if (stat.isDirectory()) throw refusal('EISDIR', path)
      if (!stat.isFile()) throw refusal('ENXIO', path)
      if (stat.size > limitBytes) return { sizeBytes: stat.size, bytes: null }
      const bytes = await handle.readFile()
      // It may have grown in the meantime.
      return bytes.length > limitBytes ? { sizeBytes: bytes.length, bytes: null } : { sizeBytes: bytes.length, bytes }
    } finally {
      await handle.close()
    }
  }

  replace(path: string, bytes: Uint8Array): Promise<void> {
    return replaceFile(path, bytes, this.#calls)
  }

  async createFile(path: string): Promise<void> {
    const handle = await this.#calls.open(path, 'wx', 0o666)
    await handle.close()
    await syncFolder(dirname(path), this.#calls)
  }

  async createFolder(path: string): Promise<void> {
    await fs.mkdir(path, { recursive: true })
  }

  async move(from: string, to: string): Promise<void> {
    const target = await orNull(fs.lstat(to))
    if (target) {
      const source = await fs.lstat(from)
      // The same entry under another case, on a disk that does not tell cases apart.
      if (source.ino !== target.ino || source.dev !== target.dev || from === to || (!source.isDirectory() && source.nlink > 1)) throw refusal('EEXIST', to)
    }
    await this.#calls.rename(from, to)
  }

  async trash(path: string): Promise<void> {
    // The package is silent about what is not there.
    await fs.lstat(path)
    await moveToTrash(path, { glob: false })
  }
}

function shape(stat: Stats): Omit<FileStat, 'isLink'> {
  return { kind: kindOf(stat), sizeBytes: stat.size, modifiedAt: stat.mtime }
}

function kindOf(stat: Stats | BigIntStats): FileStat['kind'] {
  return stat.isFile() ? 'file' : stat.isDirectory() ? 'folder' : 'other'
}

function itemKind(entry: Dirent): FolderItem['kind'] {
  if (entry.isFile()) return 'file'
  if (entry.isDirectory()) return 'folder'
  return entry.isSymbolicLink() ? 'link' : 'other'
}

async function orNull<T>(result: Promise<T>): Promise<T | null> {
  try {
    return await result
  } catch (error) {
    const code = errnoOf(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    throw error
  }
}

function refusal(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code })
}
