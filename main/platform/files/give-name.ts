import { link, open, rename, rm } from 'node:fs/promises'
import { errnoOf } from './file-errors.ts'

/** Gives a file that is whole its own name, never in the place of another file. Throws what the system says, EEXIST where the name is taken. */
export async function giveName(part: string, path: string): Promise<void> {
  try {
    await link(part, path)
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') throw error
    // A disk without hard links, such as FAT: the name is taken first, then filled.
    await (await open(path, 'wx', 0o600)).close()
    return await rename(part, path).catch(async (cause: unknown) => {
      await rm(path, { force: true })
      throw cause
    })
  }
  await rm(part, { force: true })
}
