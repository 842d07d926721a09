import type { LucideIcon } from 'lucide-react'
import type { ButtonHTMLAttributes, Ref } from 'react'
import { classNames } from './class-names.ts'
import { Icon } from './icon.tsx'

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** One primary per view; danger for what cannot be undone. */
  variant?: 'primary' | 'secondary' | 'quiet' | 'danger'
  size?: 'medium' | 'small'
  icon?: LucideIcon
  ref?: Ref<HTMLButtonElement>
}

const looks = {
  primary: 'bg-accent text-on-accent hover:brightness-108 border border-transparent',
  secondary: 'border border-control-line/60 text-text hover:bg-hover hover:border-control-line',
  quiet: 'border border-transparent text-muted hover:bg-hover hover:text-text',
  danger: 'border border-error/60 text-error hover:bg-error-soft hover:border-error',
} as const

export function Button({ variant = 'secondary', size = 'medium', icon, className, children, type = 'button', ...rest }: ButtonProps) {
  return (
    <button
      type={type}
      className={classNames(
        'inline-flex shrink-0 items-center justify-center gap-1.5 rounded-control text-12 font-strong whitespace-nowrap select-none transition-[filter,opacity] duration-120 disabled:opacity-45 disabled:pointer-events-none aria-disabled:opacity-45',
        size === 'medium' ? 'h-7 px-3' : 'h-6 px-2',
        looks[variant],
        className,
      )}
      {...rest}
    >
      {icon && <Icon icon={icon} size={14} />}
      {children}
    </button>
  )
}
