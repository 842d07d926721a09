/** A longer word is not cut back whole: the model would have to find all of it again. */
const mostCharacters = 64

// Of indentation nothing is taken: tokenizers keep it in pieces of its own.
const wordBeforeCursor = /(?:(?<=\S) )?[\p{L}\p{N}_$]*$/u

/**
 * Cuts a prefix back to where the model would have begun a token. A cursor inside a word or after a typed space leaves a last token that
 * the model never saw there; the text taken off is forced on it instead and dropped from what it writes.
 */
export function cutForHealing(prefix: string): { kept: string; removed: string } {
  const removed = wordBeforeCursor.exec(prefix)?.[0] ?? ''
  if (removed.length > mostCharacters) return { kept: prefix, removed: '' }
  return { kept: prefix.slice(0, prefix.length - removed.length), removed }
}

/** GBNF that lets only texts pass that begin with `text`. */
export function grammarForcing(text: string): string {
  return `root ::= "${[...text].map(escaped).join('')}" [^\\x00]*`
}

function escaped(character: string): string {
  if (character === '"' || character === '\\') return `\\${character}`
  if (character === '\n') return '\\n'
  if (character === '\r') return '\\r'
  if (character === '\t') return '\\t'
  return character
}
