/** Texts to look for, by what finding one of them means. */
export type Watched<Kind> = readonly (readonly [kind: Kind, texts: readonly string[]])[]

/** The first of these texts that stands in `text`; of two at one place the longer one. */
export function firstMark<Kind>(text: string, watched: Watched<Kind>): { kind: Kind; text: string; at: number } | null {
  let first: { kind: Kind; text: string; at: number } | null = null
  for (const [kind, marks] of watched)
    for (const mark of marks) {
      const at = text.indexOf(mark)
      if (at >= 0 && (!first || at < first.at || (at === first.at && mark.length > first.text.length))) first = { kind, text: mark, at }
    }
  return first
}

/** Length of the longest end of `text` with which one of these begins. */
export function heldBack(text: string, watched: Watched<unknown>): number {
  let longest = 0
  for (const [, marks] of watched)
    for (const mark of marks)
      for (let length = Math.min(mark.length - 1, text.length); length > longest; length--) {
        if (!text.endsWith(mark.slice(0, length))) continue
        longest = length
      }
  return longest
}
