import { AppError } from '#shared/errors.ts'

export function errnoOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null
}

const noRoom = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])

/** A full disk, a quota that is used up, or a file larger than the process may make. */
export function isNoRoom(error: unknown): boolean {
  return noRoom.has(errnoOf(error) ?? '')
}

const reasons: Record<string, string> = {
  EACCES: 'you have no permission',
  EPERM: 'the system does not permit it',
  EROFS: 'the disk is read-only',
  EBUSY: 'another program is using it',
  ETXTBSY: 'it is a program that is running',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is not a folder',
  ELOOP: 'a link on its way changed, or leads in a circle',
  ENAMETOOLONG: 'its name or path is too long',
  EXDEV: 'it would have to move to another disk',
  EIO: 'the disk reports a fault',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  ENOTEMPTY: 'the folder is not empty',
  EINVAL: 'it cannot be moved into itself',
  ENXIO: 'it is not a regular file',
}

/** Why the operating system refused, in words. */
export function reasonOf(error: unknown): string {
  const code = errnoOf(error)
  return code === null ? 'an unexpected fault' : (reasons[code] ?? `the system reports ${code}`)
}

/** What a failed read means to a person; `path` as the person knows it. A fault of the program itself comes back as it is. */
export function readError(error: unknown, path: string): unknown {
  const code = errnoOf(error)
  if (code === null || error instanceof AppError) return error
  if (code === 'ENOENT' || code === 'ENOTDIR') return new AppError('FILE_NOT_FOUND', { path }, { cause: error })
  return new AppError('FILE_UNREADABLE', { path, reason: reasonOf(error) }, { cause: error })
}

/** What a failed change means to a person. */
export function writeError(error: unknown, path: string): unknown {
  const code = errnoOf(error)
  if (code === null || error instanceof AppError) return error
  if (isNoRoom(error)) return new AppError('DISK_FULL', { path }, { cause: error })
  if (code === 'EEXIST') return new AppError('FILE_EXISTS', { path }, { cause: error })
  if (code === 'ENOENT') return new AppError('FILE_NOT_FOUND', { path }, { cause: error })
  if (code === 'ENAMETOOLONG') return new AppError('FILE_NAME_INVALID', { name: path, reason: reasonOf(error) }, { cause: error })
  return new AppError('FILE_NOT_WRITABLE', { path, reason: reasonOf(error) }, { cause: error })
}

/** What a failed look into a folder means to a person. */
export function folderError(error: unknown, path: string): unknown {
  const code = errnoOf(error)
  if (code === null || error instanceof AppError) return error
  if (code === 'ENOENT') return new AppError('FOLDER_NOT_FOUND', { path }, { cause: error })
  if (code === 'ENOTDIR') return new AppError('NOT_A_FOLDER', { path }, { cause: error })
  return new AppError('FOLDER_UNREADABLE', { path }, { cause: error })
}
