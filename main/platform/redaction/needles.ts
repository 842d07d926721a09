/** Signs that stand in most needles and seldom in text, so that a search for them passes over it quickly. */
const rareSigns = ['_', '.', '-']

interface Needle {
  text: string
  /** Where its rare sign stands in it. */
  at: number
}

interface Group {
  sign: string
  /** 1 for each UTF-16 unit below 128 that stands before the sign in one of the needles. */
  before: Uint8Array
  needles: Needle[]
}

/**
 * Texts of which every match of the pattern begins with one, as `ghp_` and `gho_` of `/(?<!\p{L})(?:ghp|gho)_\w{36}/`; null where that is not plain to see, or
 * where they have no rare sign. Only a few forms are understood: what is in doubt is searched for always.
 */
export function needlesOf({ source, flags }: RegExp): string[] | null {
  if (/[iy]/.test(flags)) return null
  const start = /^(?:\(\?<!\\p\{L\}\)|\\b)?(?:\((?:\?:|\?<\w+>)?(\w+(?:\|\w+)*)\))?((?:[\w-]|\\\.)*)/.exec(source)
  const rest = source.slice(start?.[0].length ?? 0)
  // A choice in the rest may be one between whole patterns.
  if (!start || rest.replace(/\((?:[^()\\|]|\\.)*(?:\|(?:[^()\\|]|\\.)*)*\)/g, '').includes('|')) return null
  const after = (start[2] ?? '').replaceAll('\\.', '.')
  // What a quantifier follows may be missing.
  const isOptional = /^[*?{]/.test(rest)
  if (isOptional && after === '') return null
  const sure = isOptional ? after.slice(0, -1) : after
  const needles = (start[1] ?? '').split('|').map(choice => choice + sure)
  return needles.every(needle => signOf(needle) !== null) ? needles : null
}

/** Finds which of some needles stand in a text, by their rare signs. */
export class NeedleSearch {
  readonly #groups: Group[] = []

  constructor(needles: readonly string[]) {
    for (const text of needles) {
      const sign = signOf(text)
      if (sign === null) throw new Error('A needle has no rare sign')
      const at = text.lastIndexOf(sign)
      let group = this.#groups.find(one => one.sign === sign)
      if (!group) this.#groups.push((group = { sign, before: new Uint8Array(128), needles: [] }))
      group.before[text.charCodeAt(at - 1)] = 1
      group.needles.push({ text, at })
    }
  }

  found(text: string): Set<string> {
    const found = new Set<string>()
    for (const { sign, before, needles } of this.#groups)
      for (let at = text.indexOf(sign); at >= 0; at = text.indexOf(sign, at + 1)) {
        if (before[text.charCodeAt(at - 1)] !== 1) continue
        for (const needle of needles) if (text.startsWith(needle.text, at - needle.at)) found.add(needle.text)
      }
    return found
  }
}

/** The rarest sign that stands behind another letter of the needle. */
function signOf(needle: string): string | null {
  return rareSigns.find(sign => needle.lastIndexOf(sign) > 0) ?? null
}
