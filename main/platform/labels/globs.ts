import picomatch from 'picomatch'
import { foldedForms } from './fold-path.ts'

const longestGlob = 256
const mostGlobStars = 2
const mostStarsInPart = 2

/** Why a pattern cannot be used, in words; null when it can. Bounded, so that the file of a hostile folder cannot make matching slow. */
export function globProblem(glob: string): string | null {
  if (foldGlob(glob.trim()) === '') return 'A pattern is empty.'
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
export interface CompiledGlob {
  means: 'name' | 'folder' | 'path'
  expression: RegExp
  /** What a name that it means begins and ends with; of a path without meaning. */
  start: string
  end: string
  /** A part that every name or path it means holds as a whole; null where there is no such part. */
  part: string | null
}

/** A pattern as people know them from .gitignore: without a slash it means a name at any depth, with one it counts from the folder, or with `isAbsolute` from the root of the disk. */
export function compileGlob(glob: string, { isAbsolute = false } = {}): CompiledGlob {
  const body = foldGlob(glob)
  const source = (pattern: string): RegExp => picomatch.makeRe(pattern, { dot: true, noextglob: true })
  const must = whatMustBe(body)
  if (!isAbsolute && !glob.startsWith('/') && !body.includes('/')) return { means: glob.endsWith('/') ? 'folder' : 'name', expression: source(body), ...must }
  return { means: 'path', expression: anyOf(glob.endsWith('/') ? [source(`${body}/**`)] : [source(body), source(`${body}/**`)]), ...must }
}

/** What stands outside of every sign of a pattern: its two ends, and the longest part that is free of them. */
function whatMustBe(body: string): Pick<CompiledGlob, 'start' | 'end' | 'part'> {
  // Groups that hold a slash, hold groups or never close are read in ways of their own: nothing is taken for sure of them.
  if (/[{}[\]]/.test(body.replace(/\{[^{}[\]/]*\}|\[[^{}[\]/]*\]/g, ''))) return { start: '', end: '', part: null }
  const whole = body.split('/').filter(part => /^[a-z0-9._-]+$/.test(part))
  return {
    start: /^[a-z0-9._-]*/.exec(body)?.[0] ?? '',
    end: /[a-z0-9._-]*$/.exec(body)?.[0] ?? '',
    part: whole.length === 0 ? null : whole.reduce((longest, part) => (part.length > longest.length ? part : longest)),
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
