const word = /[\p{L}\p{N}_$]{2,}/gu
const lookalikes = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}]/u
const latin = /\p{Script=Latin}/u
/** Letters of Greek that stand in Latin formulas. */
const formula = /^[A-Za-z_]?[\u0394\u03a3\u03a9\u03b1-\u03c9][A-Za-z0-9_]*$|^[A-Za-z]+[\u0394\u03a3\u03a9\u03b1-\u03c9]$/u

/** Words that mix Latin letters with letters that look like them: a hint, as some are written so on purpose. At most 20, each once. */
export function findMixedIdentifiers(text: string): string[] {
  const found = new Set<string>()
  for (const [candidate] of text.matchAll(word)) {
    if (found.size >= 20) break
    if (latin.test(candidate) && lookalikes.test(candidate) && !formula.test(candidate)) found.add(candidate)
  }
  return [...found]
}
