const DAY = 86_400_000

/** `14:05` today, `Tue` within a week, else `3 Mar` or `3 Mar 2025`. */
export function whenWords(when: Date, now: Date): string {
  const age = now.getTime() - when.getTime()
  if (age < DAY && when.getDate() === now.getDate()) return when.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
  if (age < 6 * DAY) return when.toLocaleDateString('en-GB', { weekday: 'short' })
  return when.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', ...(when.getFullYear() === now.getFullYear() ? {} : { year: 'numeric' }) })
}

/** Every word of the query stands somewhere in the title. */
export function matchesTitle(title: string, query: string): boolean {
  const text = title.toLowerCase()
  return query.toLowerCase().split(/\s+/).every(word => text.includes(word))
}
