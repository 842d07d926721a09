import { historyLength } from './activity-history.ts'

export interface SparkLineProps {
  /** Said to screen readers in place of the line. */
  label: string
  /** Oldest first; the newest stands at the right. */
  values: readonly number[]
  /** The top of the chart where the values stay below it. */
  atLeast?: number
  width?: number
  height?: number
}

/** The last minute as a line; its text says the newest and the largest value. */
export function SparkLine({ label, values, atLeast = 1, width = 72, height = 16 }: SparkLineProps) {
  const top = Math.max(atLeast, ...values)
  const step = width / (historyLength - 1)
  const first = historyLength - values.length
  const points = values.map((value, index) => `${((first + index) * step).toFixed(1)},${(height - 1.5 - (value / top) * (height - 3)).toFixed(1)}`).join(' ')
  return (
    <svg role="img" aria-label={label} width={width} height={height} viewBox={`0 0 ${width} ${height}`} className="inline-block shrink-0 align-middle">
      <line x1={0} x2={width} y1={height - 1} y2={height - 1} className="stroke-line" />
      {values.length > 1 && <polyline points={points} fill="none" strokeWidth={1.5} strokeLinejoin="round" className="stroke-accent" />}
    </svg>
  )
}

/** `Tokens/s over the last minute: 41 now, 52 at most`. */
export function sparkWords(what: string, values: readonly number[], show: (value: number) => string): string {
  return values.length === 0 ? `${what}: nothing measured yet` : `${what} over the last minute: ${show(values.at(-1) ?? 0)} now, ${show(Math.max(...values))} at most`
}
