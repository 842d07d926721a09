/** 1 for each UTF-16 unit below 128 that the pattern matches. */
export function charSet(pattern: RegExp): Uint8Array {
  return Uint8Array.from({ length: 128 }, (_, code) => Number(pattern.test(String.fromCharCode(code))))
}

interface Run {
  set: Uint8Array
  /** Shorter runs are passed over. */
  least: number
  /** Characters of which one stands among any three neighbours of a run that matters; indentation is none. */
  core?: Uint8Array
}

/**
 * Each run of at least `least` characters of the set, as start and end. Looks at one character in `least` while there is no run,
 * so that long ordinary text costs little.
 */
export function eachRun(text: string, { set, least, core = set }: Run, take: (start: number, end: number) => void): void {
  const isIn = (index: number): boolean => set[text.charCodeAt(index)] === 1
  const isCore = (index: number): boolean => core[text.charCodeAt(index)] === 1
  let free = 0
  for (let probe = least - 1; probe < text.length; probe += least) {
    if (!isIn(probe) || !(isCore(probe) || isCore(probe - 1) || isCore(probe - 2))) continue
    let start = probe
    while (start > free && isIn(start - 1)) start--
    let end = probe + 1
    while (end < text.length && isIn(end)) end++
    if (end - start >= least) take(start, end)
    free = end
    // The run ends before `end`: the next one that is long enough reaches at least this far.
    probe = end
  }
}
