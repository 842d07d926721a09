import { open, rm, type FileHandle } from 'node:fs/promises'
import { writeError } from './file-errors.ts'

/** Writes a file that must not exist yet, readable by its owner alone; the number of bytes. What fails leaves nothing behind. */
export async function writeExport(path: string, parts: AsyncIterable<string>): Promise<number> {
  let file: FileHandle | null = null
  try {
    file = await open(path, 'wx', 0o600)
    for await (const part of parts) await file.writeFile(part)
    await file.sync()
    const { size } = await file.stat()
    await file.close()
    return size
  } catch (error) {
    if (file) {
      await file.close().catch(() => undefined)
      await rm(path, { force: true }).catch(() => undefined)
    }
    throw writeError(error, path)
  }
}
