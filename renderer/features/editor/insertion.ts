/** What an insert does to the text: whether it begins after the line's end instead of at the cursor, and the text as it goes in. */
export interface Insertion {
  atLineEnd: boolean
  text: string
}

/** Fits code between what stands before and after the cursor on its line, so that it never joins a line of code. */
export function insertionFor(code: string, before: string, after: string): Insertion {
  const lines = code.replace(/\n+$/, '').split('\n')
  const indentation = /^\s*/.exec(before)?.[0] ?? ''
  const indented = lines.map((line, index) => (index === 0 || line === '' ? line : indentation + line)).join('\n')
  if (before.trim() === '') return { atLineEnd: false, text: after.trim() === '' ? indented : `${indented}\n${before}` }
  // One line inside another is a part of it, as an argument.
  if (after.trim() !== '' && lines.length === 1) return { atLineEnd: false, text: indented }
  return { atLineEnd: true, text: `\n${indentation}${indented}` }
}
