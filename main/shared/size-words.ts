const units = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const

/** `19.4 MB`, `4.7 GB`: powers of 1,000, as file managers and disks count; three figures at most. */
export function sizeWords(bytes: number): string {
  let scaled = bytes
  let power = 0
  // What would be rounded to 1,000 is said in the next unit.
  while (scaled >= 999.5 && power < units.length - 1) {
    scaled /= 1000
    power++
  }
  return `${power === 0 || scaled >= 99.95 ? Math.round(scaled) : scaled.toFixed(1)} ${units[power]}`
}
