import type { LucideIcon } from 'lucide-react'
import { useId, type InputHTMLAttributes, type ReactNode, type Ref } from 'react'
import { classNames } from './class-names.ts'
import { Icon } from './icon.tsx'

export const inputLook =
  'w-full min-w-0 rounded-control border border-control-line bg-surface-2 px-2.5 text-13 text-text hover:border-muted disabled:opacity-45'

export interface FieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'size'> {
  label: string
  isLabelHidden?: boolean
  description?: ReactNode
  /** What is wrong, in words; marks the field invalid. */
  error?: string | null | undefined
  icon?: LucideIcon
  /** Drawn inside the field at its end: a unit, a count, a button. */
  end?: ReactNode
  isMonospaced?: boolean
  ref?: Ref<HTMLInputElement>
}

/** One line of text with its label, help and error. */
export function Field({ label, isLabelHidden = false, description, error, icon, end, isMonospaced = false, className, id, ...rest }: FieldProps) {
  const own = useId()
  const inputId = id ?? own
  const described = [description ? `${inputId}-help` : '', error ? `${inputId}-error` : ''].filter(Boolean).join(' ')
  return (
    <div className={classNames('flex min-w-0 flex-col gap-1', className)}>
      <label htmlFor={inputId} className={isLabelHidden ? 'sr-only' : 'text-12 font-strong'}>
        {label}
      </label>
      <div className="relative flex items-center">
        {icon && <Icon icon={icon} size={14} className="pointer-events-none absolute left-2.5 text-faint" />}
        <input
          id={inputId}
          aria-invalid={error ? true : undefined}
          aria-describedby={described || undefined}
          spellCheck={false}
          autoComplete="off"
          className={classNames(inputLook, 'h-7', icon && 'pl-8', isMonospaced && 'font-mono text-12', error && 'border-error')}
          {...rest}
        />
        {end && <span className="absolute right-2 flex items-center text-11 text-faint">{end}</span>}
      </div>
      {description && (
        <span id={`${inputId}-help`} className="text-12 text-muted">
          {description}
        </span>
      )}
      {error && (
        <span id={`${inputId}-error`} className="text-12 text-error">
          {error}
        </span>
      )}
    </div>
  )
}
