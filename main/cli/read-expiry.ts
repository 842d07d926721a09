import { InvalidArgumentError } from 'commander'

const dayMilliseconds = 24 * 60 * 60_000

/** `never`, a day such as `2027-01-31` (its end, in local time) or a number of days such as `90d`. */
export function readExpiry(text: string, now = new Date()): Date | null {
  if (text === 'never') return null
  const days = /^(\d{1,5})d$/.exec(text)?.[1]
  if (days !== undefined) return new Date(now.getTime() + Number(days) * dayMilliseconds)
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? []
  const end = new Date(Number(year), Number(month) - 1, Number(day), 23, 59, 59)
  // A day or month that does not exist would become a later one.
  if (Number.isNaN(end.getTime()) || end.getDate() !== Number(day) || end.getMonth() !== Number(month) - 1) throw new InvalidArgumentError('It must be a day such as 2027-01-31, a number of days such as 90d, or never.')
  return end
}
