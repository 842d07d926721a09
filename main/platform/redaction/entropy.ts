/** Shannon entropy in bits for each character. */
export function entropy(text: string): number {
  const counts = new Map<string, number>()
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1)
  let sum = 0
  for (const count of counts.values()) sum -= (count / text.length) * Math.log2(count / text.length)
  return sum
}

/** How often neighbours are of another kind (small, capital, digit, other), from 0 to 1. Names change seldom, random text often. */
export function unrest(text: string): number {
  let changes = 0
  for (let index = 1; index < text.length; index++) if (kindOf(text.charCodeAt(index)) !== kindOf(text.charCodeAt(index - 1))) changes++
  return changes / Math.max(1, text.length - 1)
}

function kindOf(code: number): number {
  if (code >= 48 && code <= 57) return 0
  if (code >= 65 && code <= 90) return 1
  return code >= 97 && code <= 122 ? 2 : 3
}
