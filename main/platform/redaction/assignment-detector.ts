import { entropy } from './entropy.ts'
import type { Span } from './span.ts'

/** Parts of the names that secrets are given, in the spellings of code and of environment files. */
const marker = /assw(?:or)?d|ASSW(?:OR)?D|ecret|ECRET|oken|OKEN|_key|Key|_KEY|assphrase|ASSPHRASE/g
/** From the marker on: the rest of the name, a sign, and a value in quotes. */
const quoted = /[\w-]{0,40}["']?\s{0,8}(?::|=|=>|:=)\s{0,8}(["'`])([^"'`\s]{8,128})\1/y
/** The rest of a name in capitals and a bare value up to the end of the line, as in `.env`. */
const bare = /[A-Z0-9_]{0,40}=([^\s"'`#]{8,128})(?=\s|$)/y
const reference = /\$\{|\$\(|^\$|\{\{|^<|^process\.|^os\.|^%|\.\.\.|\*{3}|x{4}|^\[/i

/** Values that code and environment files give to a name such as `password` or `API_KEY`. */
export function detectAssignments(text: string): Span[] {
  const spans: Span[] = []
  for (const { 0: part, index } of text.matchAll(marker)) {
    const from = index + part.length
    const match = matchAt(quoted, text, from) ?? (part === part.toUpperCase() ? matchAt(bare, text, from) : null)
    const value = match?.[2] ?? match?.[1]
    if (!match || value === undefined || !isValue(value)) continue
    const start = from + match[0].lastIndexOf(value)
    spans.push({ kind: 'assigned-secret', start, end: start + value.length })
  }
  return spans
}

function matchAt(sticky: RegExp, text: string, at: number): RegExpExecArray | null {
  sticky.lastIndex = at
  return sticky.exec(text)
}

/** A made-up word, a path, a name in code or a reference to a variable is no value. */
function isValue(value: string): boolean {
  if (reference.test(value) || /^[a-z]+(?:[_.:/-][a-z]+)*$/i.test(value)) return false
  return /\d/.test(value) && /\D/.test(value) && entropy(value) > 2.5
}
