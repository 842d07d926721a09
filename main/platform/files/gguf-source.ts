import { open, stat } from 'node:fs/promises'
import { AppError } from '#shared/errors.ts'
import type { WithSource } from '#shared/gguf/model-files.ts'

/** Opens a model file for reading its header. Throws FILE_NOT_FOUND, FILE_UNREADABLE. */
export const withGgufFile: WithSource = async (path, use) => {
  try {
    const { size } = await plainFile(path)
    await using file = await open(path)
    const read = async (offset: number, length: number): Promise<Uint8Array> => {
      const buffer = new Uint8Array(length)
      const { bytesRead } = await file.read(buffer, 0, length, offset)
      return buffer.subarray(0, bytesRead)
    }
    return await use({ path, sizeBytes: size, read })
  } catch (cause) {
    throw fileError(path, cause)
  }
}

// Opening a pipe or a device could wait for ever.
async function plainFile(path: string): Promise<{ size: number }> {
  const found = await stat(path)
  if (found.isDirectory()) throw new AppError('FILE_UNREADABLE', { path, reason: 'It is a folder.' })
  if (!found.isFile()) throw new AppError('FILE_UNREADABLE', { path, reason: 'It is not a plain file.' })
  return found
}

function fileError(path: string, cause: unknown): unknown {
  if (cause instanceof AppError || !(cause instanceof Error) || !('code' in cause)) return cause
  const { code } = cause
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ERR_INVALID_ARG_VALUE') return new AppError('FILE_NOT_FOUND', { path }, { cause })
  const reason = code === 'EACCES' || code === 'EPERM' ? 'Your account may not read it.' : `The system said ${String(code)}.`
  return new AppError('FILE_UNREADABLE', { path, reason }, { cause })
}
