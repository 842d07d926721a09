import type { FoundFile } from '#shared/contract/files.ts'
import { nameOf } from '#shared/relative-path.ts'
import { splitMatches } from './file-query.ts'

/**
 * Of the best matches, names that begin with what was typed go first, then names that hold it, then paths that need their folders;
 * within each, files that were opened before, then short names.
 */
export function rankFiles(files: readonly FoundFile[], typed: string, recent: readonly string[]): FoundFile[] {
  const rank = (file: FoundFile): number => place(file, typed) * 2 + (recent.includes(file.path) ? 0 : 1)
  return files.toSorted((one, other) => rank(one) - rank(other) || nameOf(one.path).length - nameOf(other.path).length)
}

function place({ path, matches }: FoundFile, typed: string): number {
  const { nameMatches } = splitMatches(path, matches, typed)
  if (nameMatches.length < typed.replace(/\s+/g, '').length) return 2
  return nameMatches[0] === 0 ? 0 : 1
}
