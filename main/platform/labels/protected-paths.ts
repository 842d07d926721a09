import { protectedGlobs } from './built-in-rules.ts'
import { foldedForms, hasShortName } from './fold-path.ts'
import { GlobSet } from './glob-set.ts'
import { compileGlob } from './globs.ts'

const protectedSet = new GlobSet(protectedGlobs.map(glob => compileGlob(glob)))

/**
 * Whether a path in a workspace is one of those that later run by themselves or steer tools: hooks, tasks, pipelines, files a shell reads.
 * Ask with every name of the place (as it was given, and where its links lead): one that is protected is enough.
 */
export function isProtectedPath(path: string): boolean {
  return hasShortName(path) || foldedForms(path).some(form => protectedSet.matching(form).length > 0)
}
