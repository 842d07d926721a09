const FENCE = /^( *)(`{3,}(?=[^`]*$)|~{3,})/
const LIST_ITEM = /^ {0,3}(?:[-*+]|\d{1,9}[.)])(?:\s|$)/

type Kind = 'none' | 'text' | 'list' | 'fence'

/**
 * Cuts markdown into pieces that render on their own, so that while an answer streams only the last piece is drawn again.
 * The pieces joined give the text back. A cut is made on whole lines only: text that is appended never changes any piece but the last.
 */
export function markdownBlocks(text: string): string[] {
  const blocks: string[] = []
  let start = 0
  let kind: Kind = 'none'
  let fence: { mark: string; isTop: boolean } | null = null
  let hasGap = false

  function cut(at: number): void {
    if (at > start) blocks.push(text.slice(start, at))
    start = at
    kind = 'none'
    hasGap = false
  }

  for (let position = 0; position < text.length; ) {
    const end = text.indexOf('\n', position)
    if (end === -1) break
    const line = text.slice(position, end).replace(/\r$/, '')
    if (fence) {
      if (closes(line, fence.mark)) {
        const { isTop } = fence
        fence = null
        if (isTop) cut(end + 1)
      }
    } else if (line.trim() === '') {
      hasGap = true
    } else {
      const goesOn = kind === 'none' || !hasGap || (kind === 'list' && (LIST_ITEM.test(line) || /^(?: {2}|\t)/.test(line))) || /^(?: {4}|\t)/.test(line)
      if (!goesOn) cut(position)
      const opening = FENCE.exec(line)
      const mark = opening?.[2]
      if (opening && mark) {
        const isTop = (opening[1]?.length ?? 0) < 4 && kind !== 'list'
        if (isTop) cut(position)
        fence = { mark, isTop }
        if (isTop) kind = 'fence'
      } else if (kind === 'none') {
        kind = LIST_ITEM.test(line) ? 'list' : 'text'
      }
      hasGap = false
    }
    position = end + 1
  }
  if (start < text.length) blocks.push(text.slice(start))
  return blocks
}

function closes(line: string, mark: string): boolean {
  const bare = line.trim()
  return bare.length >= mark.length && bare === (mark[0] ?? '').repeat(bare.length)
}
