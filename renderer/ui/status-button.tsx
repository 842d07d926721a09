import type { LucideIcon } from 'lucide-react'
import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react'
import { classNames } from './class-names.ts'
import { Icon } from './icon.tsx'

export interface StatusButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  icon?: LucideIcon
  /** Accent only for what is safe or working locally. */
  tone?: 'plain' | 'accent' | 'warn' | 'error'
  children: ReactNode
  ref?: Ref<HTMLButtonElement>
}

const tones = { plain: 'hover:text-text', accent: 'text-accent', warn: 'text-warn', error: 'text-error' } as const

/** An entry of the status bar that does something. */
export function StatusButton({ icon, tone = 'plain', className, children, type = 'button', ...rest }: StatusButtonProps) {
  return (
    <button type={type} className={classNames('focus-inset -mx-1 flex h-5 min-w-0 items-center gap-1.25 rounded-small px-1 hover:bg-hover', tones[tone], className)} {...rest}>
      {icon && <Icon icon={icon} size={12} />}
      <span className="truncate">{children}</span>
    </button>
  )
}
