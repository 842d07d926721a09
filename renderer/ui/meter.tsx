import { classNames } from './class-names.ts'

export interface MeterProps {
  label: string
  value: number
  max: number
  /** Said in place of a percentage: "3.1k of 8k tokens". */
  valueText: string
  tone?: 'accent' | 'neutral' | 'warn' | 'error'
  className?: string
}

const fills = { accent: 'bg-accent', neutral: 'bg-muted', warn: 'bg-warn', error: 'bg-error' } as const

/** A share of something bounded, such as the context window. */
export function Meter({ label, value, max, valueText, tone = 'accent', className }: MeterProps) {
  const share = max > 0 ? Math.min(1, Math.max(0, value / max)) : 0
  return (
    <span role="meter" aria-label={label} aria-valuenow={value} aria-valuemin={0} aria-valuemax={max} aria-valuetext={valueText} className={classNames('inline-block h-1 w-16 overflow-hidden rounded-[2px] bg-control-line/35', className)}>
      <span className={classNames('block h-full origin-left', fills[tone])} style={{ transform: `scaleX(${share})` }} />
    </span>
  )
}
