import { setImmediate as nextTurn } from 'node:timers/promises'
import fuzzysort from 'fuzzysort'
import type { FoundFile } from '#shared/contract/files.ts'

// Some milliseconds of work, after which other calls get their turn.
const pathsAtOnce = 4000

interface Candidate extends FoundFile {
  score: number
}

/** The best `limit` of `paths` for a fuzzy query, best first; shorter paths win among equals. */
export async function rankPaths(paths: readonly string[], query: string, limit: number, signal?: AbortSignal): Promise<FoundFile[]> {
  const wanted = query.trim()
  if (wanted === '') return paths.slice(0, limit).map(path => ({ path, matches: [] }))
  let best: Candidate[] = []
  for (let start = 0; start < paths.length; start += pathsAtOnce) {
    signal?.throwIfAborted()
    const found = fuzzysort.go(wanted, paths.slice(start, start + pathsAtOnce), { limit, threshold: 0 })
    best = [...best, ...found.map(result => ({ path: result.target, matches: [...result.indexes], score: scoreOf(result.target, wanted, result.score) }))]
    best.sort((a, b) => b.score - a.score || a.path.length - b.path.length || (a.path < b.path ? -1 : 1))
    best.length = Math.min(best.length, limit)
    await nextTurn()
  }
  // The matcher keeps every target that it has seen.
  fuzzysort.cleanup()
  return best.map(({ path, matches }) => ({ path, matches }))
}

/** A match in the file's own name is what people mean most often. */
function scoreOf(path: string, query: string, score: number): number {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase()
  const wanted = query.toLowerCase()
  return name === wanted ? score + 2 : name.startsWith(wanted) ? score + 1 : name.includes(wanted) ? score + 0.5 : score
}
