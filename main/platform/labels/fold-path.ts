const plainAscii = /^[\x20-\x7e]*$/
/** What folding of parts changes: a dot or space at the end of one, and a part that is empty. */
const unfolded = /[. ](?:\/|$)|^\/|\/\/|\/$/
/** Characters that are drawn as nothing, and that some file systems pass over. */
const invisible = /\p{Default_Ignorable_Code_Point}/gu

/**
 * The forms under which rules know a path, so that no spelling of a name dodges them: case and Unicode forms folded, invisible
 * characters dropped, `/` between parts, and each part without the dots and spaces at its end that Windows passes over.
 * Where a colon may begin an NTFS stream, both readings come back.
 */
export function foldedForms(path: string): string[] {
  const text = plainAscii.test(path) ? path.toLowerCase() : foldCase(path)
  const slashed = text.includes('\\') ? text.replaceAll('\\', '/') : text
  const whole = unfolded.test(slashed) ? foldParts(slashed, part => part) : slashed
  return slashed.includes(':') ? [...new Set([whole, foldParts(slashed, part => part.replace(/:.*$/s, ''))])] : [whole]
}

function foldCase(path: string): string {
  // Upper case first: it folds letters that have several lower-case forms.
  return path.normalize('NFKC').replace(invisible, '').toUpperCase().toLowerCase().normalize('NFKC')
}

function foldParts(path: string, change: (part: string) => string): string {
  const parts: string[] = []
  for (const part of path.split('/')) {
    const folded = change(part).replace(/[. ]+$/, '')
    if (folded !== '') parts.push(folded)
    else if (part === '..') parts.pop()
  }
  return parts.join('/')
}

/** A short name such as `ENV~1` or `ID_RSA~1.KEY`, which says little of the file it stands for. */
export function hasShortName(path: string): boolean {
  return path.split(/[/\\]/).some(part => /^[^.~]{0,6}~\d{1,6}(\.[^.]{0,3})?$/.test(part))
}
