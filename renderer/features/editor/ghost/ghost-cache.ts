/** What stands round the cursor, cut to what the model can use. */
export interface CursorWindow {
  /** The document; a suggestion never crosses from one to another. */
  path: string
  /** At most 16,000 characters before the cursor. */
  prefix: string
  /** At most 4,000 characters after the cursor. */
  suffix: string
}

export const prefixLimit = 16_000
export const suffixLimit = 4_000

interface Kept extends CursorWindow {
  text: string
}

/** Enough of the text before the cursor to know that the cursor stands where the suggestion was made. */
const anchorLength = 512

/**
 * Suggestions of the last few places. Text that a person types through is served from here, without asking the model again;
 * so is a suggestion that an undo or a backspace brings back.
 */
export class GhostCache {
  #kept: Kept[] = []
  readonly #size: number
  constructor(size = 24) {
    this.#size = size
  }

  put(at: CursorWindow, text: string): void {
    this.#kept = [{ ...at, text }, ...this.#kept.filter(other => !isSamePlace(other, at))].slice(0, this.#size)
  }

  /** The rest of a suggestion that still fits, `''` where the model had nothing to add here, null where it was not asked. */
  find(at: CursorWindow): string | null {
    for (const kept of this.#kept) {
      const rest = restOf(kept, at)
      if (rest !== null) return rest
    }
    return null
  }

  clear(): void {
    this.#kept = []
  }
}

function isSamePlace(one: CursorWindow, other: CursorWindow): boolean {
  return one.path === other.path && one.suffix === other.suffix && one.prefix === other.prefix
}

/** What is left of `kept.text` once the characters between the two cursors have been typed; null when they are others. */
export function restOf(kept: CursorWindow & { text: string }, at: CursorWindow): string | null {
  if (kept.path !== at.path) return null
  const typed = typedSince(kept.prefix, at.prefix)
  if (typed === null || !kept.text.startsWith(typed)) return null
  // A suggestion that is typed to its end is spent: the model is asked anew. An empty one stays the answer at its own place.
  if (typed !== '' && typed.length === kept.text.length) return null
  return isSameSuffix(kept, at, typed) ? kept.text.slice(typed.length) : null
}

/** The characters by which `now` is longer than `before`; the front of either may have been cut off. */
export function typedSince(before: string, now: string): string | null {
  if (now.length >= before.length && now.startsWith(before)) return now.slice(before.length)
  // Both windows are full: what was typed pushed the same number of characters out in front.
  const anchor = before.slice(-anchorLength)
  if (anchor.length < anchorLength || now.length < prefixLimit) return null
  const found = now.lastIndexOf(anchor)
  return found < 0 ? null : now.slice(found + anchor.length)
}

/** Closing signs that the editor adds by itself after what was typed are no change of place. */
function isSameSuffix(kept: CursorWindow, at: CursorWindow, typed: string): boolean {
  if (kept.suffix === at.suffix) return true
  const closers = closersOf(typed)
  if (closers !== '' && isCut(closers + kept.suffix, at.suffix)) return true
  return isCut(kept.suffix, at.suffix)
}

/** Equal, or equal up to the limit of the window. */
function isCut(one: string, other: string): boolean {
  if (one === other) return true
  const shorter = Math.min(one.length, other.length)
  return shorter >= suffixLimit - 64 && one.slice(0, shorter) === other.slice(0, shorter)
}

const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }

/** What the editor closes by itself for brackets that were opened and not closed in `typed`. */
function closersOf(typed: string): string {
  const open: string[] = []
  for (const sign of typed) {
    const closer = closing[sign]
    if (closer) open.unshift(closer)
    else if (sign === open[0]) open.shift()
  }
  return open.join('')
}
