const closers: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' }

/** Cuts from a suggestion what already stands after the cursor. Empty when nothing worth showing is left. */
export function fitCompletion(text: string, suffix: string): string {
  const [sameLine = '', ...below] = suffix.split(/\r?\n/)
  const fitted = sameLine.trim() === '' ? withoutRepeatedLines(text, below) : withoutRepeatedEnd(text, sameLine)
  const trimmed = sameLine.trim() === '' ? fitted.trimEnd() : fitted
  return trimmed.trim() === '' ? '' : trimmed
}

/** The rest of the line stays: `call(|)` takes `a, b` of `a, b)`, and `'|'` takes `text` of `text'`. */
function withoutRepeatedEnd(text: string, sameLine: string): string {
  const after = sameLine.trimStart()
  const balanced = withoutSurplusCloser(text, after)
  for (let length = Math.min(after.length, balanced.length); length > 0; length--) {
    const overlap = after.slice(0, length)
    if (!balanced.endsWith(overlap)) continue
    const rest = balanced.slice(0, balanced.length - length)
    if (openBrackets(rest) <= openBrackets(balanced) && !leavesQuoteOpen(rest, overlap)) return rest
  }
  return balanced
}

/** Ends the text before a bracket that it did not open and that follows the cursor anyway. */
function withoutSurplusCloser(text: string, after: string): string {
  const open: string[] = []
  for (let index = 0; index < text.length; index++) {
    const character = text.charAt(index)
    const opener = closers[character]
    if ('([{'.includes(character)) open.push(character)
    else if (opener !== undefined && open.pop() !== opener && after.startsWith(character)) return text.slice(0, index)
  }
  return text
}

/** Lines at the end that the file goes on with are not suggested once more. */
function withoutRepeatedLines(text: string, below: readonly string[]): string {
  const next = below.filter(line => line.trim() !== '').map(line => line.trim())
  const lines = text.split('\n')
  for (let count = Math.min(lines.length, next.length); count > 0; count--) {
    const tail = lines.slice(lines.length - count)
    const isRepeated = tail.every((line, index) => line.trim() === next[index])
    // A closing bracket alone is only surplus when the text before it is whole without it.
    if (isRepeated && (tail.some(line => /\w/.test(line)) || openBrackets(lines.slice(0, lines.length - count).join('\n')) === 0)) return lines.slice(0, lines.length - count).join('\n')
  }
  return text
}

function openBrackets(text: string): number {
  let open = 0
  for (const character of text) {
    if ('([{'.includes(character)) open++
    else if (closers[character] !== undefined && open > 0) open--
  }
  return open
}

function leavesQuoteOpen(rest: string, overlap: string): boolean {
  const quote = overlap.charAt(0)
  if (!`'"\``.includes(quote)) return false
  return rest.split(quote).length % 2 === 0
}
