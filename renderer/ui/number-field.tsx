import { useEffect, useState } from 'react'
import { Field } from './field.tsx'

export interface NumberFieldProps {
  label: string
  isLabelHidden?: boolean
  value: number
  min: number
  max: number
  step: number
  unit?: string | undefined
  /** Called with a number inside the range, when the field is left or Enter is pressed. */
  onChange: (value: number) => void
  isDisabled?: boolean
  className?: string
}

/** Says what is wrong with a draft, or null. */
export function numberProblem(draft: string, range: { min: number; max: number; step: number }): string | null {
  const value = Number(draft)
  if (draft.trim() === '' || !Number.isFinite(value)) return 'This is not a number.'
  if (value < range.min || value > range.max) return `From ${range.min.toLocaleString('en')} to ${range.max.toLocaleString('en')}.`
  if (range.step % 1 === 0 && !Number.isInteger(value)) return 'Whole numbers only.'
  return null
}

export function NumberField({ label, isLabelHidden = false, value, min, max, step, unit, onChange, isDisabled = false, className = '' }: NumberFieldProps) {
  const [draft, setDraft] = useState(String(value))
  useEffect(() => setDraft(String(value)), [value])
  const problem = numberProblem(draft, { min, max, step })
  const commit = (): void => {
    if (problem === null && Number(draft) !== value) onChange(Number(draft))
    if (problem !== null) setDraft(String(value))
  }
  return (
    <Field
      label={label}
      isLabelHidden={isLabelHidden}
      className={`tabular ${className}`}
      type="number"
      inputMode="decimal"
      value={draft}
      min={min}
      max={max}
      step={step}
      disabled={isDisabled}
      error={problem}
      end={unit}
      onChange={event => setDraft(event.target.value)}
      onBlur={commit}
      onKeyDown={event => {
        if (event.key === 'Enter') commit()
        if (event.key === 'Escape') setDraft(String(value))
      }}
    />
  )
}
