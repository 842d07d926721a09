import { applyEdits, modify } from 'jsonc-parser'

const formattingOptions = { insertSpaces: true, tabSize: 2, eol: '\n' }

/** The text with one key set, or taken out for `undefined`; comments and order stay. */
export function editSettings(text: string, key: string, value: unknown): string {
  const start = text.trim() === '' ? '{\n}\n' : text
  return applyEdits(start, modify(start, [key], value, { formattingOptions }))
}
