import { randomBytes } from 'node:crypto'
import { constants, type Stats } from 'node:fs'
import { access, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { diskCalls, type DiskCalls } from './disk-calls.ts'
import { errnoOf } from './file-errors.ts'

const temporaryName = /^\.cortex-[0-9a-f]{16}\.tmp$/

/** Whether a name is one of the files that stand beside a target while it is written. */
export function isTemporaryName(name: string): boolean {
  return temporaryName.test(name)
}

/**
 * Writes `bytes` beside `path`, makes them durable and moves them into place, so that a reader sees the old file or the new one
 * and never a part. `path` must not be a link. Mode, and where the rights allow it owner and group, stay as they were.
 */
export async function replaceFile(path: string, bytes: Uint8Array, calls: DiskCalls = diskCalls): Promise<void> {
  const folder = dirname(path)
  const temporary = join(folder, `.cortex-${randomBytes(8).toString('hex')}.tmp`)
  const before = await statOrNull(path, calls)
  // Moving into place needs rights on the folder only; a file marked read-only is to stay as it is.
  if (before) await access(path, constants.W_OK)
  const handle = await calls.open(temporary, 'wx', before ? before.mode & 0o777 : 0o666)
  try {
    try {
      if (before) await keepRights(handle, before)
      await handle.writeFile(bytes)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await calls.rename(temporary, path)
  } catch (error) {
    await calls.unlink(temporary).catch(() => undefined)
    throw error
  }
  await syncFolder(folder, calls)
}

async function statOrNull(path: string, calls: DiskCalls): Promise<Stats | null> {
  try {
    return await calls.stat(path)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null
    throw error
  }
}

async function keepRights(handle: FileHandle, before: Stats): Promise<void> {
  if (process.platform === 'win32') return
  const now = await handle.stat()
  if (now.uid !== before.uid || now.gid !== before.gid) {
    // Only root may give a file away; a member of the group may keep the group.
    await handle.chown(before.uid, before.gid).catch(() => handle.chown(-1, before.gid).catch(() => undefined))
  }
  await handle.chmod(before.mode & 0o7777)
}

// Windows opens no folders and some network file systems sync none: the rename is then as durable as it gets.
const cannotSyncFolders = new Set(['EISDIR', 'EINVAL', 'ENOTSUP', 'EPERM', 'EACCES', 'EBADF'])

export async function syncFolder(folder: string, calls: DiskCalls = diskCalls): Promise<void> {
  let handle: FileHandle | null = null
  try {
    handle = await calls.open(folder, 'r')
    await handle.sync()
  } catch (error) {
    if (!cannotSyncFolders.has(errnoOf(error) ?? '')) throw error
  } finally {
    await handle?.close()
  }
}
