/** Null for an empty field: no limit. Undefined for what is no whole number in the range. */
export function readLimit(text: string, most: number): number | null | undefined {
  if (text.trim() === '') return null
  const value = Number(text)
  return Number.isInteger(value) && value >= 1 && value <= most ? value : undefined
}

/** The last moment of a day as a date field gives it; null for none. */
export function endOfDay(day: string): Date | null {
  const [year, month, date] = day.split('-').map(Number)
  return year && month && date ? new Date(year, month - 1, date, 23, 59, 59) : null
}
