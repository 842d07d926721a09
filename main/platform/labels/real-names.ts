import { join } from 'node:path'
import { errnoOf } from '../files/file-errors.ts'
import type { FileIdentity, Files } from '../files/files.ts'
import { isInside, resolveInWorkspace, toRelativePath } from '../files/workspace-path.ts'
import { hasShortName } from './fold-path.ts'

/** Every name under which rules must know a file, and what stands there. */
export interface RealNames {
  /** Paths in the folder: as it was given, and where its links lead. */
  paths: string[]
  /** Where it lies on the disk, links resolved. */
  absolute: string
  /** Null where nothing stands yet, as with text that was never saved. */
  identity: FileIdentity | null
}

/**
 * Finds out what a path really means. `root` is absolute and without links. Gives the reason in words where that cannot be made sure of:
 * a path that leads out of the folder, a link to nothing, a file that changes under the check, a system that refuses to tell.
 */
export async function realNames(files: Files, root: string, path: string): Promise<RealNames | string> {
  try {
    const absolute = await resolveInWorkspace(files, root, path)
    const identity = await files.identity(absolute)
    if (identity === null && hasShortName(path)) return 'a short name of no known file'
    // Whatever was swapped in between shows here.
    if (!isInside(root, absolute) || (await resolveInWorkspace(files, root, path)) !== absolute || (await files.identity(join(root, ...path.split('/'))))?.key !== identity?.key) return 'the file changed under the check'
    return { paths: [...new Set([path, toRelativePath(root, absolute)])], absolute, identity }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'PATH_OUTSIDE_WORKSPACE') return 'outside the folder'
    return `its place cannot be read (${errnoOf(error) ?? 'unknown'})`
  }
}
