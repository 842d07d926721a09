export interface FileQuery {
  name: string
  line: number | null
  column: number | null
}

/** `tax.ts:12:4` → the name, line 12, column 4. A colon that no number follows belongs to the name. */
export function parseFileQuery(text: string): FileQuery {
  const match = /^(.*?):(\d+)?(?::(\d+)?)?$/.exec(text.trim())
  if (!match) return { name: text.trim(), line: null, column: null }
  const [, name = '', line, column] = match
  return { name, line: line ? Math.max(1, Number(line)) : null, column: column ? Math.max(1, Number(column)) : null }
}

/** The name stands before its folder in a row, so the matches of the path move along with their parts. */
export function splitMatches(path: string, matches: readonly number[]): { name: string; folder: string; nameMatches: number[] } {
  const start = path.lastIndexOf('/') + 1
  return { name: path.slice(start), folder: path.slice(0, Math.max(0, start - 1)), nameMatches: matches.filter(index => index >= start).map(index => index - start) }
}
