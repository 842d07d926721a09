import { sep } from 'node:path'

/** A path as a person would write it: `~` for the home folder. */
export function displayPath(path: string, home: string): string {
  if (path === home) return '~'
  const folder = home.endsWith(sep) ? home : home + sep
  return path.startsWith(folder) ? `~${sep}${path.slice(folder.length)}` : path
}
