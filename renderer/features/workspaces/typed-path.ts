/** A path that a person types, split at its last separator: the folder to list, and what its sub-folders must begin with. */
export interface TypedPath {
  folder: string
  start: string
}

/** `~` stands for the home folder; either separator is taken where the host's own is a backslash. */
export function splitTypedPath(typed: string, home: string): TypedPath {
  const separator = home.includes('\\') ? /[\\/]/ : /\//
  const path = typed === '~' ? `${home}/` : typed.replace(/^~(?=[\\/])/, home)
  let at = path.length - 1
  while (at >= 0 && !separator.test(path.charAt(at))) at -= 1
  return at < 0 ? { folder: home, start: path } : { folder: path.slice(0, Math.max(at, 1)), start: path.slice(at + 1) }
}

interface Named {
  name: string
  isHidden: boolean
}

/** Hidden folders show when asked for, or when the name typed begins with a dot. */
export function completions<F extends Named>(folders: readonly F[], start: string, showHidden: boolean): F[] {
  const wanted = start.toLowerCase()
  return folders.filter(folder => folder.name.toLowerCase().startsWith(wanted) && (!folder.isHidden || showHidden || start.startsWith('.')))
}
