/** Puts text in a fenced block whose fence is longer than any in the text, so that nothing in it ends the block. */
export function fence(text: string, language: string): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map(run => run.length))
  const marks = '`'.repeat(Math.max(3, longest + 1))
  return `${marks}${language}\n${text.endsWith('\n') ? text : `${text}\n`}${marks}`
}

/** A path in one line, whatever its name holds. */
export function pathInText(path: string): string {
  return path.replace(/[\p{Cc}\u2028\u2029`]/gu, character => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
}

export function languageOf(path: string): string {
  const extension = /\.([A-Za-z0-9+#-]{1,12})$/.exec(path)?.[1]
  return extension?.toLowerCase() ?? ''
}
