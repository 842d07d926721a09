/** Text up to the first of the words that end it; fill-in has no such words of its own. */
export function cutAtStop(text: string, stop: readonly string[]): string {
  const ends = stop.map(word => text.indexOf(word)).filter(index => index >= 0)
  return ends.length === 0 ? text : text.slice(0, Math.min(...ends))
}
