import type { z } from 'zod'

type Issue = z.core.$ZodIssue
type Path = readonly PropertyKey[]

/** What does not fit: where it is, what would fit, and what came instead. */
interface Misfit {
  path: Path
  expected: string
  came: string
}

/** `messages: expected a list, but it is missing.` The place is as clients know it, such as `messages[0].content`; what a text says is never quoted. */
export function misfitWords(issue: Issue, body: unknown): { param: string; words: string } {
  const { path, expected, came } = misfitOf(issue, body)
  const param = placeOf(path)
  return { param, words: `${param === '' ? 'The body' : param}: expected ${expected}, but it ${came}.` }
}

function placeOf(path: Path): string {
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? String(part) : `.${String(part)}`)).join('')
}

function misfitOf(issue: Issue, body: unknown): Misfit {
  const { path } = issue
  const value = valueAt(body, path)
  switch (issue.code) {
    case 'invalid_type':
      return { path, expected: kindWords[issue.expected] ?? 'something else', came: issue.expected === 'int' && typeof value === 'number' ? 'has a fraction' : `is ${kindOf(value)}` }
    case 'invalid_value':
      return { path, expected: choiceWords(issue.values), came: typeof value === 'string' ? 'is another text' : `is ${kindOf(value)}` }
    case 'too_small':
      return { path, expected: `${issue.inclusive === false ? 'more than' : 'at least'} ${amountWords(issue.minimum, issue.origin)}`, came: issue.origin === 'array' || issue.origin === 'string' ? (sizeOf(value) === 0 ? 'is empty' : 'has fewer') : 'is less' }
    case 'too_big':
      return { path, expected: `${issue.inclusive === false ? 'less than' : 'at most'} ${amountWords(issue.maximum, issue.origin)}`, came: issue.origin === 'array' || issue.origin === 'string' ? 'has more' : 'is more' }
    case 'invalid_key':
      return { path: path.slice(0, -1), expected: issue.issues[0]?.message ?? 'other keys', came: 'has another' }
    case 'invalid_union':
      return unionMisfit(issue, body)
    default:
      return { path, expected: 'something else', came: `is ${kindOf(value)}` }
  }
}

function unionMisfit(issue: Extract<Issue, { code: 'invalid_union' }>, body: unknown): Misfit {
  const value = valueAt(body, issue.path)
  if (issue.errors.length === 0) return { path: issue.path, expected: choiceWords('options' in issue && issue.options ? issue.options : []), came: typeof value === 'string' ? 'is another text' : `is ${kindOf(value)}` }
  const misfits = issue.errors.flatMap(([first]) => (first ? [{ first, misfit: misfitOf({ ...first, path: [...issue.path, ...first.path] }, body) }] : []))
  // A way that fits as a whole and not in a part of it is the one that was meant.
  const meant = misfits.filter(({ first }) => first.path.length > 0 || first.code === 'too_small' || first.code === 'too_big').sort((a, b) => b.misfit.path.length - a.misfit.path.length)[0]
  if (meant) return meant.misfit
  const [one] = misfits.toSorted((a, b) => Number(b.first.code === 'invalid_value') - Number(a.first.code === 'invalid_value'))
  return { path: issue.path, expected: [...new Set(misfits.map(({ misfit }) => misfit.expected))].join(' or '), came: one?.misfit.came ?? `is ${kindOf(value)}` }
}

const kindWords: Readonly<Record<string, string>> = { string: 'a text', number: 'a number', int: 'a whole number', boolean: 'true or false', array: 'a list', object: 'an object', record: 'an object', null: 'null' }

function kindOf(value: unknown): string {
  if (value === undefined) return 'missing'
  const kind = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value
  return kindWords[kind] ?? 'something else'
}

function choiceWords(values: readonly unknown[]): string {
  const words = values.map(value => (typeof value === 'string' ? `“${value}”` : String(value)))
  return words.length > 1 ? `one of ${words.join(', ')}` : (words[0] ?? 'something else')
}

function amountWords(amount: number | bigint, origin: string): string {
  const [one, many] = origin === 'array' ? [' entry', ' entries'] : origin === 'string' ? [' character', ' characters'] : ['', '']
  return `${amount.toLocaleString('en-US')}${Number(amount) === 1 ? one : many}`
}

function sizeOf(value: unknown): number | null {
  return typeof value === 'string' || Array.isArray(value) ? value.length : null
}

function valueAt(body: unknown, path: Path): unknown {
  // What is neither an object nor a list has no parts.
  return path.reduce<unknown>((value, part) => (typeof value === 'object' && value !== null && Object.hasOwn(value, part) ? (value as Record<PropertyKey, unknown>)[part] : undefined), body)
}
