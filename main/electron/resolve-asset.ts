import { realpath, stat } from 'node:fs/promises'
import { isAbsolute, join, relative, sep } from 'node:path'
import { desktopOrigin } from '#shared/port-handshake.ts'

export type Asset = { isFound: true; path: string } | { isFound: false; reason: string }

/** A dot, slash, backslash, percent sign or NUL in disguise: nothing that the page asks for has one. */
const disguised = /%(2e|2f|5c|25|00)/i
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const forbidden = /[\u0000-\u001f\u007f\\:*?"<>|]/

/**
 * The file that an `app://cortex/…` address names inside `root`, or why none is served.
 * The address is decoded once; the path must stay below the root both as written and after symlinks are followed.
 */
export async function resolveAsset(root: string, address: string): Promise<Asset> {
  const parts = pathParts(address)
  if (typeof parts === 'string') return refuse(parts)
  const path = join(root, ...parts)
  if (!isBelow(root, path)) return refuse('outside the root')
  try {
    const [realRoot, realPath] = await Promise.all([realpath(root), realpath(path)])
    if (!isBelow(realRoot, realPath)) return refuse('a link out of the root')
    return (await stat(realPath)).isFile() ? { isFound: true, path: realPath } : refuse('not a file')
  } catch {
    return refuse('no such file')
  }
}

/** The parts of the path, or the reason why the address is refused. */
function pathParts(address: string): string[] | string {
  if (!address.startsWith(`${desktopOrigin}/`)) return 'another origin'
  const encoded = address.slice(desktopOrigin.length + 1).replace(/[?#].*$/s, '')
  if (disguised.test(encoded)) return 'a disguised character'
  let decoded: string
  try {
    decoded = decodeURIComponent(encoded)
  } catch {
    return 'not valid UTF-8'
  }
  if (decoded === '') return ['index.html']
  if (forbidden.test(decoded)) return 'a forbidden character'
  const parts = decoded.split('/')
  return parts.some(part => part === '' || /^\.+$/.test(part) || /[. ]$/.test(part)) ? 'an empty, dotted or padded part' : parts
}

function isBelow(root: string, path: string): boolean {
  const way = relative(root, path)
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

function refuse(reason: string): Asset {
  return { isFound: false, reason }
}
