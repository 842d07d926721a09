/** Characters `start` to `end` of the old text become `text`. */
export interface TextEdit {
  start: number
  end: number
  text: string
}

/** The one edit that turns `before` into `after` and leaves alone what both share in front and behind; null when they are the same. */
export function smallestEdit(before: string, after: string): TextEdit | null {
  if (before === after) return null
  const shorter = Math.min(before.length, after.length)
  let start = 0
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start += 1
  if (isHighSurrogate(before, start - 1) || isHighSurrogate(after, start - 1)) start -= 1
  let tail = 0
  while (tail < shorter - start && before.charCodeAt(before.length - 1 - tail) === after.charCodeAt(after.length - 1 - tail)) tail += 1
  if (isLowSurrogate(before, before.length - tail) || isLowSurrogate(after, after.length - tail)) tail -= 1
  return { start, end: before.length - tail, text: after.slice(start, after.length - tail) }
}

function isHighSurrogate(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code >= 0xd800 && code <= 0xdbff
}

function isLowSurrogate(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code >= 0xdc00 && code <= 0xdfff
}
