import { findNodeAtLocation, getNodeValue, parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser'
import { isSettingKey, settingDefinitions } from '#shared/setting-definitions.ts'

export interface Problem {
  key: string | null
  message: string
}

export interface ParsedSettings {
  values: Record<string, unknown>
  problems: Problem[]
  /** False when the text as a whole is not a JSON object with comments. */
  isReadable: boolean
}

const options = { allowTrailingComma: true, disallowComments: false }

/** What a settings file says: the values that hold, and in words what is wrong with the rest. */
export function parseSettings(text: string, isFolderFile: boolean): ParsedSettings {
  if (text.trim() === '') return { values: {}, problems: [], isReadable: true }
  const errors: ParseError[] = []
  const root = parseTree(text, errors, options)
  if (errors.length > 0) return { values: {}, problems: errors.map(error => ({ key: null, message: describe(text, error) })), isReadable: false }
  if (!root) return { values: {}, problems: [], isReadable: true }
  if (root.type !== 'object') return { values: {}, problems: [{ key: null, message: 'The file must hold one object in braces.' }], isReadable: false }
  const values: Record<string, unknown> = {}
  const problems: Problem[] = []
  const seen = new Set<string>()
  for (const property of root.children ?? []) {
    const [name, value] = property.children ?? []
    if (!name || !value) continue
    const key = String(name.value)
    const message = seen.has(key) ? 'It stands in the file twice; the first one counts.' : settingProblem(key, valueOf(value), isFolderFile)
    seen.add(key)
    if (message === null) values[key] = valueOf(value)
    else problems.push({ key, message })
  }
  return { values, problems, isReadable: true }
}

/** What is wrong with a value, in words; null when it holds. */
export function settingProblem(key: string, value: unknown, isFolderFile: boolean): string | null {
  if (!isSettingKey(key)) return 'There is no setting of this name.'
  const definition = settingDefinitions[key]
  if (isFolderFile && 'isUserOnly' in definition && definition.isUserOnly) return 'A folder cannot set this; it counts only in your own settings.'
  const result = definition.schema.safeParse(value)
  return result.success ? null : wanted(definition.control)
}

/** Whether the text already holds the key, so that taking it out changes something. */
export function holdsKey(text: string, key: string): boolean {
  const root = parseTree(text, [], options)
  return root !== undefined && findNodeAtLocation(root, [key]) !== undefined
}

function valueOf(node: Node): unknown {
  // Every setting is a plain value; the content of lists and objects is of no interest, and may hold `__proto__`.
  return node.type === 'object' || node.type === 'array' ? Symbol(node.type) : getNodeValue(node)
}

function wanted(control: (typeof settingDefinitions)[keyof typeof settingDefinitions]['control']): string {
  switch (control.kind) {
    case 'switch':
      return 'The value must be true or false.'
    case 'number':
      return `The value must be ${control.step % 1 === 0 ? 'a whole number' : 'a number'} from ${control.min} to ${control.max}.`
    case 'choice':
      return `The value must be one of ${control.options.map(option => `"${option.value}"`).join(', ')}.`
    case 'text':
      return 'The value must be text of at most 4,096 characters.'
  }
}

const words: Record<string, string> = {
  InvalidSymbol: 'something that is no value stands here',
  InvalidNumberFormat: 'a number is written wrongly',
  PropertyNameExpected: 'the name of a setting is missing',
  ValueExpected: 'a value is missing',
  ColonExpected: 'a colon is missing',
  CommaExpected: 'a comma is missing',
  CloseBraceExpected: 'the closing brace is missing',
  CloseBracketExpected: 'a closing bracket is missing',
  EndOfFileExpected: 'text follows after the end',
  UnexpectedEndOfComment: 'a comment is not closed',
  UnexpectedEndOfString: 'a text is not closed',
  InvalidCharacter: 'a character stands here that may not',
}

function describe(text: string, error: ParseError): string {
  const line = text.slice(0, error.offset).split('\n').length
  return `Line ${line}: ${words[printParseErrorCode(error.error)] ?? 'this is not valid JSON'}.`
}
