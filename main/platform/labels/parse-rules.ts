import { getNodeValue, parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser'
import { Label } from '#shared/sensitivity.ts'
import { globProblem } from './globs.ts'
import type { WrittenRule } from './rule-set.ts'

export interface ParsedRules {
  rules: WrittenRule[]
  /** What is wrong, in words; where anything is, the file as a whole does not hold. */
  problems: string[]
}

const mostRules = 500

/** What a `privacy.jsonc` says: `{ "labels": { "docs/**": "public", "customers/": "secret" } }`. A folder's file may not name `public`, because it can only raise. */
export function parseRules(text: string, isFolderFile: boolean): ParsedRules {
  if (text.trim() === '') return { rules: [], problems: [] }
  const errors: ParseError[] = []
  const root = parseTree(text, errors, { allowTrailingComma: true, disallowComments: false })
  if (errors.length > 0) return { rules: [], problems: errors.slice(0, 5).map(error => describe(text, error)) }
  // A file of comments alone says nothing.
  if (!root) return { rules: [], problems: [] }
  if (root.type !== 'object') return { rules: [], problems: ['The file must hold one object in braces.'] }
  const problems: string[] = []
  const rules: WrittenRule[] = []
  for (const [key, value] of pairs(root)) {
    if (key !== 'labels') problems.push(`“${shortened(key)}” is not known; the file holds “labels”.`)
    else if (value.type !== 'object') problems.push('“labels” must be an object of patterns and labels.')
    else for (const [glob, label] of pairs(value)) readRule(glob, label, isFolderFile, rules, problems)
  }
  if (rules.length > mostRules) problems.push(`The file holds more than ${mostRules} patterns.`)
  return { rules: rules.slice(0, mostRules), problems: problems.slice(0, 20) }
}

function readRule(glob: string, node: Node, isFolderFile: boolean, rules: WrittenRule[], problems: string[]): void {
  const problem = globProblem(glob)
  if (problem !== null) return void problems.push(`“${shortened(glob)}”: ${problem}`)
  const label = Label.safeParse(getNodeValue(node))
  if (!label.success) problems.push(`“${shortened(glob)}”: the label must be "public", "internal" or "secret".`)
  else if (isFolderFile && label.data === 'public') problems.push(`“${shortened(glob)}”: a folder's file can only raise a label; public counts in your own file alone.`)
  else rules.push({ glob, label: label.data })
}

function pairs(node: Node): [string, Node][] {
  return (node.children ?? []).flatMap((property): [string, Node][] => {
    const [name, value] = property.children ?? []
    return name && value ? [[String(name.value), value]] : []
  })
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}

function describe(text: string, error: ParseError): string {
  const line = text.slice(0, error.offset).split('\n').length
  return `Line ${line}: this is not valid JSON (${printParseErrorCode(error.error)}).`
}
