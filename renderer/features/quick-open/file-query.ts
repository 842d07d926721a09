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

/** The name stands before its folder in a row: what matched is shown in the name where all of the query is found there, else where the path matched. */
export function splitMatches(path: string, matches: readonly number[], query: string): { name: string; folder: string; nameMatches: number[] } {
  const start = path.lastIndexOf('/') + 1
  const name = path.slice(start)
  const inPath = matches.filter(index => index >= start).map(index => index - start)
  return { name, folder: path.slice(0, Math.max(0, start - 1)), nameMatches: inPath.length === matches.length ? inPath : (matchesIn(name, query) ?? inPath) }
}

/** Indexes of the characters of `query` in `name`, in order and without regard to case; null when not all are there. */
function matchesIn(name: string, query: string): number[] | null {
  const lower = name.toLowerCase()
  const found: number[] = []
  for (const sign of query.toLowerCase().replace(/\s+/g, '')) {
    const at = lower.indexOf(sign, (found.at(-1) ?? -1) + 1)
    if (at < 0) return null
    found.push(at)
  }
  return found
}
