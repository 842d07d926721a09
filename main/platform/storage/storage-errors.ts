import { AppError } from '#shared/errors.ts'

/** Which error of the catalogue a refusal of SQLite is; other errors come back as they are. */
export function storageError(error: unknown, path: string): unknown {
  if (error instanceof AppError || !(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return error
  const { code } = error
  const options = { cause: error }
  if (code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_WRITE' || code === 'SQLITE_IOERR_TRUNCATE' || code === 'SQLITE_IOERR_SHMSIZE') return new AppError('STORAGE_FULL', { path }, options)
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) return new AppError('STORAGE_LOCKED', { path, reason: 'another Cortex has it open' }, options)
  if (code.startsWith('SQLITE_READONLY')) return new AppError('STORAGE_LOCKED', { path, reason: 'it may not be written' }, options)
  if (code.startsWith('SQLITE_CANTOPEN') || code === 'SQLITE_PERM') return new AppError('STORAGE_LOCKED', { path, reason: 'it cannot be opened' }, options)
  if (code.startsWith('SQLITE_CORRUPT') || code.startsWith('SQLITE_NOTADB') || code.startsWith('SQLITE_IOERR')) return new AppError('STORAGE_DAMAGED', { path }, options)
  return error
}
