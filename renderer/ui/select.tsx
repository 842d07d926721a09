import { useId } from 'react'
import { classNames } from './class-names.ts'
import { inputLook } from './field.tsx'

export interface SelectProps<V extends string> {
  label: string
  isLabelHidden?: boolean
  value: V
  options: readonly { value: V; label: string }[]
  onChange: (value: V) => void
  isDisabled?: boolean
  describedBy?: string
  className?: string
}

/** The browser's own select in our look: its keyboard and screen-reader behaviour come with it. */
export function Select<V extends string>({ label, isLabelHidden = false, value, options, onChange, isDisabled = false, describedBy, className }: SelectProps<V>) {
  const id = useId()
  // A select without a value that it has shows its first.
  const chosen = options.find(option => option.value === value) ?? options[0]
  return (
    <div title={chosen?.label} className={classNames('flex min-w-0 flex-col gap-1', className)}>
      <label htmlFor={id} className={isLabelHidden ? 'sr-only' : 'text-12 font-strong'}>
        {label}
      </label>
      <select
        id={id}
        value={value}
        disabled={isDisabled}
        aria-describedby={describedBy}
        // The options are the only values a select can give.
        onChange={event => onChange(event.target.value as V)}
        className={classNames(inputLook, 'select h-7 overflow-hidden text-ellipsis whitespace-nowrap')}
      >
        {/* What is drawn in the field where selects can be styled, since the browser's own text is never cut; browsers that draw their own pass over it. */}
        <button type="button" inert aria-hidden tabIndex={-1}>
          <span>{chosen?.label}</span>
        </button>
        {options.map(option => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </div>
  )
}
