import picomatch from 'picomatch'
import { foldedForms } from './fold-path.ts'

const longestGlob = 256
const mostGlobStars = 2
const mostStarsInPart = 2
const keptParts = 5000

/** Why a pattern cannot be used, in words; null when it can. Bounded, so that the file of a hostile folder cannot make matching slow. */
export function globProblem(glob: string): string | null {
  if (glob.trim() === '') return 'A pattern is empty.'
  if (glob.length > longestGlob) return `A pattern is longer than ${longestGlob} characters.`
  // What is left after these is no regular expression in disguise.
  if (/[()|\\\0]|[\]}]\+|^!/.test(glob)) return 'A pattern holds a sign that has no meaning here; use *, **, ?, [abc] and {a,b}.'
  const parts = glob.split('/')
  if (parts.includes('..')) return 'A pattern leads out of the folder.'
  if (parts.filter(part => part.includes('**')).length > mostGlobStars) return `A pattern holds ** more than ${mostGlobStars} times.`
  if (parts.some(part => part !== '**' && part.split('*').length - 1 > mostStarsInPart)) return `A name in a pattern holds more than ${mostStarsInPart} stars.`
  return null
}

/** What a pattern means: every entry of a `name`, every `folder` of a name, or a `path` from the top. Whatever lies below is meant as well. */
interface CompiledGlob {
  means: 'name' | 'folder' | 'path'
  expression: RegExp
}

/** A pattern as people know them from .gitignore: without a slash it means a name at any depth, with one it counts from the folder, or with `isAbsolute` from the root of the disk. */
export function compileGlob(glob: string, { isAbsolute = false } = {}): CompiledGlob {
  const body = foldGlob(glob)
  const source = (pattern: string): RegExp => picomatch.makeRe(pattern, { dot: true, noextglob: true })
  if (!isAbsolute && !glob.startsWith('/') && !body.includes('/')) return { means: glob.endsWith('/') ? 'folder' : 'name', expression: source(body) }
  return { means: 'path', expression: anyOf(glob.endsWith('/') ? [source(`${body}/**`)] : [source(body), source(`${body}/**`)]) }
}

/** Tells whether one of some patterns means a folded form of a path. Many together cost little more than one. */
export function globTest(globs: readonly CompiledGlob[]): (form: string) => boolean {
  const [name, folder, path] = (['name', 'folder', 'path'] as const).map(means => {
    const expressions = globs.filter(glob => glob.means === means).map(glob => glob.expression)
    return expressions.length === 0 ? null : anyOf(expressions)
  })
  const isName = remembered(name ?? null)
  const isFolder = remembered(folder ?? null)
  return form => {
    if (path?.test(form)) return true
    const parts = form.split('/')
    return parts.some((part, index) => isName(part) || (index < parts.length - 1 && isFolder(part)))
  }
}

/** Folders share their parts: most were tested before. */
function remembered(expression: RegExp | null): (part: string) => boolean {
  if (expression === null) return () => false
  const known = new Map<string, boolean>()
  return part => {
    const before = known.get(part)
    if (before !== undefined) return before
    if (known.size >= keptParts) known.clear()
    const means = expression.test(part)
    known.set(part, means)
    return means
  }
}

function anyOf(expressions: readonly RegExp[]): RegExp {
  return new RegExp(expressions.map(({ source }) => `(?:${source})`).join('|'))
}

/** A pattern is folded as the names are; a part that ends with a sign of the pattern keeps its end. */
function foldGlob(glob: string): string {
  return glob
    .split('/')
    .map(part => (/[*?\]}]$/.test(part) ? part.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC') : (foldedForms(part)[0] ?? '')))
    .filter(part => part !== '')
    .join('/')
}
