import { dirname, join, relative, sep } from 'node:path'
import { AppError } from '#shared/errors.ts'
import { errnoOf } from './file-errors.ts'
import type { Files } from './files.ts'

/** Splits a relative path (`/` between parts) and refuses whatever could name a place outside. */
export function pathParts(path: string, platform: NodeJS.Platform = process.platform): string[] {
  const refused = (): AppError => new AppError('PATH_OUTSIDE_WORKSPACE', { path })
  if (path === '') return []
  if (path.includes('\0') || path.startsWith('/')) throw refused()
  // On Windows a backslash separates, and a colon names a drive or a stream.
  if (platform === 'win32' && /[\\:]/.test(path)) throw refused()
  const parts = path.split('/')
  if (parts.some(part => part === '' || part === '.' || part === '..')) throw refused()
  return parts
}

/** Whether `path` is `folder` or lies in it; both absolute and without links. */
export function isInside(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep)
}

/**
 * The absolute path of a place in a workspace, links resolved. `root` is absolute and without links.
 * With `keepsLastLink` the entry itself is meant even if it is a link: to move, trash or create it.
 */
export async function resolveInWorkspace(files: Files, root: string, path: string, { keepsLastLink = false } = {}): Promise<string> {
  const parts = pathParts(path)
  const last = parts.at(-1)
  if (last === undefined) return root
  const folder = keepsLastLink ? await realOrAbsent(files, join(root, ...parts.slice(0, -1))) : null
  const absolute = folder === null ? await realOrAbsent(files, join(root, ...parts)) : join(folder, last)
  if (!isInside(root, folder ?? absolute)) throw new AppError('PATH_OUTSIDE_WORKSPACE', { path })
  return absolute
}

/** The real path of the part that exists, with the part that does not exist yet appended as it stands. */
async function realOrAbsent(files: Files, path: string): Promise<string> {
  try {
    return await files.realPath(path)
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error
    const parent = dirname(path)
    // A link to nothing could be followed out of the workspace by whoever writes to it.
    if (parent === path || (await files.stat(path))?.isLink) throw error
    return join(await realOrAbsent(files, parent), path.slice(parent.length).replace(/^[/\\]+/, ''))
  }
}

/** The relative path of an absolute one, `/` between parts. */
export function toRelativePath(root: string, path: string): string {
  const result = relative(root, path)
  return sep === '/' ? result : result.split(sep).join('/')
}
