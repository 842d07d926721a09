/** A name from the file, safe to show. */
export function quoted(name: string): string {
  return `“${name.replace(/[^\x20-\x7e]/g, '?').slice(0, 80)}”`
}
