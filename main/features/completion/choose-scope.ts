const opensBody = /(?:[{([:]|=>|\bdo|\bthen)\s*$/

/** A block where the cursor stands in an empty body, else the rest of the line. */
export function chooseScope(prefix: string, suffix: string): 'line' | 'block' {
  const lines = prefix.split('\n')
  const beforeCursor = lines.pop() ?? ''
  const [afterCursor = '', ...below] = suffix.split('\n')
  if (beforeCursor.trim() !== '' || afterCursor.trim() !== '') return 'line'
  const parent = lines.findLast(line => line.trim() !== '')
  if (parent === undefined || !opensBody.test(withoutComment(parent))) return 'line'
  const next = below.find(line => line.trim() !== '')
  return next === undefined || indentOf(next) <= indentOf(parent) ? 'block' : 'line'
}

function withoutComment(line: string): string {
  return line.replace(/\s(?:\/\/|#)\s.*$/, '')
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length
}
