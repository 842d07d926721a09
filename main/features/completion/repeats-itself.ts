/** One to three characters, thirteen times or more in a row. */
const run = /(.{1,3}?)\1{12,}/gu
const blank = /^\s+$/
/** What rules in comments are drawn with. */
const rule = /^[-=*#~_/+.:<>\s\u2500-\u257f]+$/
/** As wide as the longest lines are written. */
const longestRule = 120

/** Whether the first line of a suggestion goes round in a circle, as a model that is lost does: `ZZZZ…`. Indents and drawn rules do not count. */
export function repeatsItself(text: string): boolean {
  const first = text.split('\n').find(line => line.trim() !== '') ?? ''
  for (const [whole, unit = ''] of first.matchAll(run)) {
    const isDrawn = blank.test(unit) || (rule.test(unit) && whole.length <= longestRule)
    if (!isDrawn) return true
  }
  return false
}
