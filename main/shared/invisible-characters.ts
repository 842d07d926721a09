/** What a character that cannot be seen does: turn the order of text, stand for nothing, carry hidden letters, change the one before it, look like a space, or command a terminal. */
export type InvisibleKind = 'bidirectional' | 'zero-width' | 'tag' | 'variation' | 'filler' | 'control'

export interface InvisibleFinding {
  kind: InvisibleKind
  codePoint: number
  /** From 1; columns count UTF-16 units, as editors do. */
  line: number
  column: number
}

export interface InvisibleReport {
  count: number
  kinds: { kind: InvisibleKind; count: number }[]
  /** The first hundred. */
  findings: InvisibleFinding[]
  /** Letters that were written in tag characters or variation selectors, at most 200; null where none were. */
  hiddenText: string | null
}

const listed = 100
const shownLetters = 200
const suspects =
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  /[\u0000-\u0008\u000b\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]/gu

const turned = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u
const joining =
  /[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Mongolian}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}]/u
const unspaced = /[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u
const pictures = /^[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f]$/u
const ideograph = /^\p{Script=Han}$/u
/** The three flags that are written in tag characters: England, Scotland, Wales. */
const taggedFlags = /\u{1f3f4}(?:\u{e0067}\u{e0062}(?:\u{e0065}\u{e006e}\u{e0067}|\u{e0073}\u{e0063}\u{e0074}|\u{e0077}\u{e006c}\u{e0073}))\u{e007f}/gu

/** Characters that a person cannot see and that ordinary writing in any language does not need where they stand. */
export function findInvisible(text: string): InvisibleReport {
  const counts = new Map<InvisibleKind, number>()
  const findings: InvisibleFinding[] = []
  const hidden: number[] = []
  const flags = [...text.matchAll(taggedFlags)].map(match => ({ from: match.index, to: match.index + match[0].length }))
  let count = 0
  let flag = 0
  let line = 1
  let lineStart = 0
  let read = 0
  for (const match of text.matchAll(suspects)) {
    const at = match.index
    const codePoint = match[0].codePointAt(0) ?? 0
    while ((flags[flag]?.to ?? Infinity) <= at) flag += 1
    if (at > (flags[flag]?.from ?? Infinity)) continue
    const kind = kindOf(codePoint)
    if (isOrdinary(text, at, codePoint)) continue
    count += 1
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
    const letter = hiddenLetter(codePoint)
    if (letter !== null && hidden.length < shownLetters) hidden.push(letter)
    if (findings.length >= listed) continue
    for (let next = text.indexOf('\n', read); next >= 0 && next < at; next = text.indexOf('\n', next + 1)) {
      line += 1
      lineStart = next + 1
    }
    read = at
    findings.push({ kind, codePoint, line, column: at - lineStart + 1 })
  }
  return { count, kinds: [...counts].map(([kind, found]) => ({ kind, count: found })), findings, hiddenText: hidden.length >= 2 ? String.fromCodePoint(...hidden) : null }
}

function kindOf(codePoint: number): InvisibleKind {
  if ((codePoint >= 0x202a && codePoint <= 0x202e) || (codePoint >= 0x2066 && codePoint <= 0x206f) || codePoint === 0x200e || codePoint === 0x200f || codePoint === 0x61c) return 'bidirectional'
  if (codePoint >= 0xe0000 && codePoint <= 0xe007f) return 'tag'
  if (isSelector(codePoint)) return 'variation'
  if ([0x115f, 0x1160, 0x3164, 0xffa0, 0x2800, 0x17b4, 0x17b5].includes(codePoint)) return 'filler'
  if (codePoint < 0xa0 || codePoint === 0x2028 || codePoint === 0x2029 || (codePoint >= 0xfff9 && codePoint <= 0xfffb)) return 'control'
  return 'zero-width'
}

function isSelector(codePoint: number): boolean {
  return (codePoint >= 0xfe00 && codePoint <= 0xfe0f) || (codePoint >= 0xe0100 && codePoint <= 0xe01ef) || (codePoint >= 0x180b && codePoint <= 0x180f && codePoint !== 0x180e)
}

/** Whether writing needs the character in this place: joiners in emoji and in joined scripts, marks of right-to-left text, selectors after what they select. */
function isOrdinary(text: string, at: number, codePoint: number): boolean {
  const before = characterBefore(text, at)
  const after = characterAt(text, at + (codePoint > 0xffff ? 2 : 1))
  switch (codePoint) {
    case 0x200e:
    case 0x200f:
    case 0x61c:
      return turned.test(lineAround(text, at))
    case 0x200d:
      return joining.test(before) || (pictures.test(before) && /^\p{Extended_Pictographic}$/u.test(after))
    case 0x200c:
      return joining.test(before)
    case 0x200b:
      return unspaced.test(before) || unspaced.test(after)
    case 0xfeff:
      return at === 0
    case 0x34f:
      return /^[\p{M}\p{Script=Hebrew}]$/u.test(before)
    case 0x115f:
      return /^[\u1160-\u11a7]$/u.test(after)
    case 0x1160:
      return /^[\u1100-\u115f]$/u.test(before)
    case 0x180e:
      return /^\p{Script=Mongolian}$/u.test(before)
    case 0xfe0e:
    case 0xfe0f:
      return /^[\p{Emoji}\p{Emoji_Modifier}]$/u.test(before)
    default:
      if (codePoint >= 0x180b && codePoint <= 0x180f) return /^\p{Script=Mongolian}$/u.test(before)
      if (codePoint >= 0xe0100 && codePoint <= 0xe01ef) return ideograph.test(before)
      if (codePoint >= 0xfe00 && codePoint <= 0xfe0d) return /^[\p{Script=Han}\p{Sm}\p{Script=Phags_Pa}\p{Script=Myanmar}\u3000-\u303f\uff00-\uffef]$/u.test(before)
      return false
  }
}

/** The letter that a tag character or a variation selector stands for where text is smuggled in them; null for all others. */
function hiddenLetter(codePoint: number): number | null {
  const value = codePoint >= 0xe0020 && codePoint <= 0xe007e ? codePoint - 0xe0000 : codePoint >= 0xe0100 && codePoint <= 0xe01ef ? codePoint - 0xe0100 + 16 : null
  return value !== null && value >= 0x20 && value < 0x7f ? value : null
}

function characterBefore(text: string, at: number): string {
  const low = text.charCodeAt(at - 1)
  return low >= 0xdc00 && low <= 0xdfff ? text.slice(at - 2, at) : text.slice(Math.max(0, at - 1), at)
}

function characterAt(text: string, at: number): string {
  const codePoint = text.codePointAt(at)
  return codePoint === undefined ? '' : String.fromCodePoint(codePoint)
}

/** A bounded piece: a line may be a megabyte long. */
function lineAround(text: string, at: number): string {
  const before = text.slice(Math.max(0, at - 200), at)
  const after = text.slice(at, at + 200)
  const end = after.indexOf('\n')
  return before.slice(before.lastIndexOf('\n') + 1) + (end < 0 ? after : after.slice(0, end))
}
