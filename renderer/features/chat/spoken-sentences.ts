/** What a screen reader is told of a streaming answer: whole sentences past `from`, code left out, and where the next call goes on. */
export function spokenSentences(text: string, from: number, isComplete: boolean): { words: string; next: number } {
  const rest = text.slice(from)
  const end = isComplete ? rest.length : lastSentenceEnd(rest)
  if (end <= 0) return { words: '', next: from }
  const piece = rest.slice(0, end)
  // An open fence is not cut: its end tells that there is code, not prose.
  if (!isComplete && countFences(piece) % 2 === 1) return { words: '', next: from }
  return { words: plainWords(piece), next: from + end }
}

function lastSentenceEnd(text: string): number {
  let last = -1
  for (const match of text.matchAll(/[.!?:](?=\s)|\n\n|\n```[ \t]*\n/g)) last = match.index + match[0].length
  return last
}

function countFences(text: string): number {
  return text.match(/^ {0,3}(?:```|~~~)/gm)?.length ?? 0
}

function plainWords(markdown: string): string {
  return markdown
    .replace(/^ {0,3}(```|~~~)[^\n]*\n[\s\S]*?(?:^ {0,3}\1|$(?![\s\S]))/gm, ' Code block. ')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[*_`#>|]+/g, '')
    .replace(/\s+/g, ' ')
    .trim()
}
