/** Paths inside a workspace: `/` between parts, `''` for the workspace itself. */

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** The folder a path stands in; `''` for an entry of the workspace itself. */
export function parentOf(path: string): string {
  const slash = path.lastIndexOf('/')
  return slash < 0 ? '' : path.slice(0, slash)
}

export function joinPath(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`
}

/** Whether `path` is `folder` or stands somewhere below it. Everything is inside `''`. */
export function isInside(path: string, folder: string): boolean {
  return folder === '' || path === folder || path.startsWith(`${folder}/`)
}

/** Where `path` stands after `from` was moved to `to`; unchanged when it is not inside `from`. */
export function movedPath(path: string, from: string, to: string): string {
  return from !== '' && isInside(path, from) ? to + path.slice(from.length) : path
}

/** The folders above a path, outermost first: `a/b/c` → `a`, `a/b`. */
export function foldersAbove(path: string): string[] {
  const parts = path.split('/')
  return parts.slice(0, -1).map((_, index) => parts.slice(0, index + 1).join('/'))
}

/** `tax.ts` and `['tax.ts']` taken → `tax copy.ts`; then `tax copy 2.ts`. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name
  const dot = name.lastIndexOf('.')
  const [stem, ending] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, '']
  for (let count = 1; ; count += 1) {
    const next = `${stem} copy${count === 1 ? '' : ` ${count}`}${ending}`
    if (!taken.has(next)) return next
  }
}

/** What is wrong with a name a person typed for a new entry, in words; null when it can be used. */
export function nameProblem(name: string): string | null {
  if (name.trim() === '') return 'Type a name.'
  if (name === '.' || name === '..' || name.split('/').some(part => part === '.' || part === '..' || part === '')) return 'A name cannot be empty, "." or "..".'
  if (name.includes('\0')) return 'A name cannot contain a null character.'
  if (name.split('/').some(part => byteLength(part) > 255)) return 'A name can be at most 255 bytes long.'
  return null
}

/** A name as one line: characters that would break a row are shown as their picture. */
export function shownName(name: string): string {
  return name.replace(/[\p{Cc}\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, sign => (sign < ' ' ? String.fromCharCode(0x2400 + sign.charCodeAt(0)) : '\ufffd'))
}

/** Bytes of a text as UTF-8; this file runs where neither Blob nor TextEncoder need exist. */
function byteLength(text: string): number {
  let bytes = 0
  for (const sign of text) {
    const code = sign.codePointAt(0) ?? 0
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4
  }
  return bytes
}
