import { setImmediate as nextTurn } from 'node:timers/promises'
import fuzzysort, { type Result, type Snapshot } from 'fuzzysort'
import type { FoundFile } from '#shared/contract/files.ts'

// Matched without a pause: one or two milliseconds of work.
const pathsAtOnce = 500
// After so long, other calls get their turn.
const turnMilliseconds = 8
// Small changes are laid beside what is prepared; beyond this share of it, everything is prepared anew.
const changedShare = 0.1

/** Fuzzy search over paths. What it prepares for one search serves the next ones. */
export class PathSearch {
  #paths = new Set<string>()
  #snapshots: Snapshot[] = []
  #prepared = 0
  #removed = new Set<string>()

  get paths(): ReadonlySet<string> {
    return this.#paths
  }

  /** Takes the place of all paths before. */
  replace(paths: ReadonlySet<string>): void {
    if (this.#paths.size === 0) {
      this.#paths = new Set(paths)
      this.#prepare([...paths], true)
      return
    }
    const added = [...paths].filter(path => !this.#paths.has(path))
    const removed = [...this.#paths].filter(path => !paths.has(path))
    this.#change(added, removed)
  }

  remove(path: string): boolean {
    if (!this.#paths.has(path)) return false
    this.#change([], [path])
    return true
  }

  /** The best `limit`, best first; shorter paths win among equals. */
  async find(query: string, limit: number, signal?: AbortSignal): Promise<FoundFile[]> {
    const wanted = query.trim().replaceAll('\\', '/')
    if (wanted === '') return firstByName(this.#paths, limit).map(path => ({ path, matches: [] }))
    const lower = wanted.toLowerCase()
    // Counted before the limit, so that many matches in the folders push no name out; it takes the place of a result's own score.
    const scoreFn = (result: Result): number => result.score + bonus(result.target, lower)
    let best: Result[] = []
    let turnEnd = performance.now() + turnMilliseconds
    for (const snapshot of [...this.#snapshots]) {
      const found = fuzzysort.go(wanted, snapshot, { limit: limit + this.#removed.size, threshold: 0, scoreFn }).filter(result => this.#paths.has(result.target))
      best = [...best, ...found].sort((a, b) => b.score - a.score || a.target.length - b.target.length || (a.target < b.target ? -1 : 1)).slice(0, limit)
      if (performance.now() < turnEnd) continue
      await nextTurn()
      signal?.throwIfAborted()
      turnEnd = performance.now() + turnMilliseconds
    }
    return best.map(result => ({ path: result.target, matches: [...result.indexes] }))
  }

  #change(added: readonly string[], removed: readonly string[]): void {
    for (const path of added) this.#paths.add(path)
    for (const path of removed) {
      this.#paths.delete(path)
      this.#removed.add(path)
    }
    // A path that comes back stands in an older snapshot already.
    const fresh = added.filter(path => !this.#removed.delete(path))
    if (fresh.length + this.#removed.size > this.#prepared * changedShare) this.#prepare([...this.#paths], true)
    else if (fresh.length > 0) this.#prepare(fresh, false)
  }

  #prepare(paths: readonly string[], isAnew: boolean): void {
    if (isAnew) {
      this.#snapshots = []
      this.#prepared = 0
      this.#removed.clear()
    }
    for (let start = 0; start < paths.length; start += pathsAtOnce) this.#snapshots.push(fuzzysort.snapshot(paths.slice(start, start + pathsAtOnce)))
    this.#prepared += paths.length
  }
}

/** A match in the file's own name is what people mean most often: it stands above every match that needs the folders, whose score is 1 at most. */
function bonus(path: string, query: string): number {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase()
  if (name === query) return 4
  if (name.startsWith(query)) return 3
  if (name.includes(query)) return 2
  return holdsInOrder(name, query) ? 1 : 0
}

function holdsInOrder(name: string, query: string): boolean {
  let from = 0
  for (const sign of query) {
    if (sign === ' ') continue
    from = name.indexOf(sign, from) + 1
    if (from === 0) return false
  }
  return true
}

/** The first `count` in the order of their names; sorting all of a large folder would hold everybody up. */
function firstByName(paths: Iterable<string>, count: number): string[] {
  let first: string[] = []
  let last: string | null = null
  for (const path of paths) {
    if (last !== null && path >= last) continue
    first.push(path)
    if (first.length < count * 2) continue
    first = first.sort().slice(0, count)
    last = first[count - 1] ?? null
  }
  return first.sort().slice(0, count)
}
