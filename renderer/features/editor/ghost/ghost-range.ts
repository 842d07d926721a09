/** What to put at the cursor, and how many characters after it are replaced by that. */
export interface GhostEdit {
  text: string
  replaceAfter: number
}

const closers = ')]}>\'"`'
const pairs: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' }

/**
 * Fits a suggestion to the rest of the cursor's line. Closing signs that the editor added by itself are often part of the
 * suggestion; then the suggestion replaces them instead of doubling them. A suggestion of several lines must reach the end
 * of the line, so it carries over what stands there.
 */
export function ghostEdit(suggestion: string, restOfLine: string): GhostEdit | null {
  const text = suggestion.replace(/\r\n?/g, '\n')
  if (text.trim() === '') return null
  const rest = restOfLine.trimEnd()
  if (rest === '') return { text, replaceAfter: restOfLine.length }
  if (endsWithRest(text, rest)) return { text, replaceAfter: restOfLine.length }
  if (isClosing(rest) && opensLessThanItCloses(text, rest)) return { text, replaceAfter: restOfLine.length }
  if (!text.includes('\n')) return { text, replaceAfter: 0 }
  return { text: text + restOfLine, replaceAfter: restOfLine.length }
}

/** The model wrote the rest of the line once more, on its own first line. */
function endsWithRest(text: string, rest: string): boolean {
  return !text.includes('\n') && text.length > rest.length && rest.length > 1 && text.trimEnd().endsWith(rest)
}

function isClosing(rest: string): boolean {
  return [...rest].every(sign => closers.includes(sign) || ';, '.includes(sign))
}

/** Whether every sign of `rest` is closed, in order, by a sign of `text` that `text` itself did not open. */
export function opensLessThanItCloses(text: string, rest: string): boolean {
  const open: string[] = []
  const wanted = [...rest].filter(sign => closers.includes(sign))
  let next = 0
  for (const sign of text) {
    const opener = pairs[sign]
    if ('([{'.includes(sign)) open.push(sign)
    else if (opener && open.at(-1) === opener) open.pop()
    else if (open.length === 0 && sign === wanted[next]) next += 1
  }
  return wanted.length > 0 && next === wanted.length && isSubsequence(rest, text)
}

function isSubsequence(part: string, whole: string): boolean {
  let at = 0
  for (const sign of whole) if (sign === part[at]) at += 1
  return at === part.length
}
