/** One measured figure: what it is, what was promised, and whether the promise holds. */
export interface Figure {
  name: string
  /** The median of all rounds. */
  value: number
  /** `ratio`, `ms`, `MiB`, `tokens/s`. */
  unit: string
  /** In words: `≤ 1.3`, `≥ 0.95`; empty for a figure that is only reported. */
  target: string
  holds: boolean
  /** Smallest and largest of the rounds. */
  spread: [number, number]
  note?: string
  /** It could not be measured here; the note says why. */
  isSkipped?: true
}

/** The middle value; of an even count the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const high = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? Number.NaN) + high) / 2
}

interface Promised {
  name: string
  unit: string
  atMost?: number
  atLeast?: number
  note?: string
}

/** A figure of all rounds, judged by its median. */
export function figure(values: readonly number[], { name, unit, atMost, atLeast, note }: Promised): Figure {
  const value = median(values)
  const target = [atMost === undefined ? '' : `≤ ${atMost}`, atLeast === undefined ? '' : `≥ ${atLeast}`].filter(Boolean).join(' and ')
  const holds = values.length > 0 && (atMost === undefined || value <= atMost) && (atLeast === undefined || value >= atLeast)
  return { name, value, unit, target, holds, spread: [Math.min(...values), Math.max(...values)], ...(note === undefined ? {} : { note }) }
}

/** A figure that cannot be measured on this machine, with the reason in words. */
export function skipped(name: string, reason: string): Figure {
  return { name, value: Number.NaN, unit: '', target: '', holds: true, spread: [Number.NaN, Number.NaN], note: reason, isSkipped: true }
}

/** Product and peer in turn, at least 7 pairs, the order swapped each time so that neither always runs warm: the ratio of each pair. */
export async function ratiosOfPairs(pairs: number, product: () => Promise<number>, peer: () => Promise<number>): Promise<number[]> {
  const ratios: number[] = []
  for (let pair = 0; pair < pairs; pair++) {
    if (pair % 2 === 0) {
      const ours = await product()
      ratios.push(ours / (await peer()))
    } else {
      const theirs = await peer()
      ratios.push((await product()) / theirs)
    }
  }
  return ratios
}
