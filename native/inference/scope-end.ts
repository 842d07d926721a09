const openers = /[{([:]\s*$|=>\s*$/
const tabColumns = 4

/** Where a suggestion ends by its meaning: a line at its newline; a block at a dedent, a blank line or the bracket that closes it. */
export class ScopeEnd {
  readonly #scope: 'line' | 'block'
  /** Lines indented less than this are outside the block. */
  readonly #leastIndent: number

  constructor(scope: 'line' | 'block', prefix: string) {
    this.#scope = scope
    this.#leastIndent = bodyIndent(prefix)
  }

  /** Length of the part of `text` that belongs to the scope, or null while it may go on. */
  find(text: string): number | null {
    if (this.#scope === 'line') {
      const end = text.search(/\r?\n/)
      return end < 0 ? null : end
    }
    const ends = [this.#endByLines(text), endByBrackets(text)].filter(end => end !== null)
    return ends.length === 0 ? null : Math.min(...ends)
  }

  #endByLines(text: string): number | null {
    // The first line goes on from the cursor; of the last one nothing is known before its first visible character.
    for (let newline = text.indexOf('\n'); newline >= 0; newline = text.indexOf('\n', newline + 1)) {
      const line = /^[ \t]*(?:\r?(\n)|(\S))?/.exec(text.slice(newline + 1))
      if (!line) continue
      const [whole, blank, visible] = line
      const hasWritten = text.slice(0, newline).trim() !== ''
      if (blank && hasWritten) return trimmedEnd(text, newline)
      if (visible && columns(whole.slice(0, -1)) < this.#leastIndent) return trimmedEnd(text, newline)
    }
    return null
  }
}

function bodyIndent(prefix: string): number {
  const lines = prefix.split('\n')
  const cursorLine = lines.pop() ?? ''
  const parent = lines.findLast(line => line.trim() !== '')
  const parentIndent = columns(indentOf(parent ?? ''))
  if (cursorLine.trim() !== '') return columns(indentOf(cursorLine)) + (openers.test(cursorLine) ? 1 : 0)
  const cursorIndent = columns(cursorLine)
  if (parent === undefined) return cursorIndent
  return openers.test(parent) ? Math.max(cursorIndent, parentIndent + 1) : cursorIndent
}

/** Position of the first bracket that closes what was open before the text; quotes and comments are passed over roughly. */
function endByBrackets(text: string): number | null {
  let depth = 0
  let quote = ''
  for (let index = 0; index < text.length; index++) {
    const character = text.charAt(index)
    if (quote !== '') {
      if (character === '\\') index++
      else if (character === quote || (character === '\n' && quote !== '`')) quote = ''
    } else if (character === '"' || character === "'" || character === '`') {
      // An apostrophe inside a word quotes nothing.
      if (character !== "'" || !/\w/.test(text.charAt(index - 1))) quote = character
    } else if (text.startsWith('//', index)) {
      const newline = text.indexOf('\n', index)
      if (newline < 0) return null
      index = newline
    } else if ('([{'.includes(character)) depth++
    else if (')]}'.includes(character) && --depth < 0) return trimmedEnd(text, index)
  }
  return null
}

function trimmedEnd(text: string, end: number): number {
  return text.slice(0, end).trimEnd().length
}

function indentOf(line: string): string {
  return /^[ \t]*/.exec(line)?.[0] ?? ''
}

function columns(indent: string): number {
  return [...indent].reduce((sum, character) => sum + (character === '\t' ? tabColumns : 1), 0)
}
