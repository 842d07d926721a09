/** Names of files and hosts may hold line ends and what moves a terminal's cursor. */
export function printable(text: string): string {
  return text.replace(/\p{C}/gu, character => `\\u{${character.codePointAt(0)?.toString(16) ?? ''}}`)
}

/** The same for a text of several lines, which stay. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n')
}
