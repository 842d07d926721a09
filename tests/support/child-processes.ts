import { readdirSync, readFileSync } from 'node:fs'

/** Process ids of all descendants, read from /proc; empty where there is none. */
export function childrenOf(pid: number): number[] {
  const parents = new Map<number, number>()
  try {
    for (const name of readdirSync('/proc')) {
      if (!/^\d+$/.test(name)) continue
      const parent = parentOf(Number(name))
      if (parent !== null) parents.set(Number(name), parent)
    }
  } catch {
    return []
  }
  const found = [pid]
  for (const parent of found) for (const [child, its] of parents) if (its === parent && !found.includes(child)) found.push(child)
  return found.slice(1)
}

function parentOf(pid: number): number | null {
  try {
    return Number(/^PPid:\t(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
  } catch {
    return null
  }
}
