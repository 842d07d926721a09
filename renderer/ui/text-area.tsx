import { useId, type ReactNode, type TextareaHTMLAttributes } from 'react'
import { classNames } from './class-names.ts'
import { inputLook } from './field.tsx'

export interface TextAreaProps extends TextareaHTMLAttributes<HTMLTextAreaElement> {
  label: string
  description: ReactNode
  /** What is wrong, in words; marks the field invalid. */
  error?: string | null
}

/** Some lines of code or figures with their label, help and error. */
export function TextArea({ label, description, error = null, className, ...rest }: TextAreaProps) {
  const id = useId()
  return (
    <div className={classNames('flex flex-col gap-1', className)}>
      <label htmlFor={id} className="text-12 font-strong">
        {label}
      </label>
      <textarea
        id={id}
        spellCheck={false}
        aria-invalid={error === null ? undefined : true}
        aria-describedby={error === null ? `${id}-help` : `${id}-help ${id}-error`}
        className={classNames(inputLook, 'py-1.5 font-mono text-12', error !== null && 'border-error')}
        {...rest}
      />
      <span id={`${id}-help`} className="text-12 text-muted">
        {description}
      </span>
      {error !== null && (
        <span id={`${id}-error`} className="text-12 text-error">
          {error}
        </span>
      )}
    </div>
  )
}
