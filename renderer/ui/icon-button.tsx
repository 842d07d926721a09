import type { LucideIcon } from 'lucide-react'
import type { ButtonHTMLAttributes, Ref } from 'react'
import { classNames } from './class-names.ts'
import { Icon } from './icon.tsx'
import { Tooltip } from './tooltip.tsx'

export interface IconButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'children' | 'aria-label' | 'title'> {
  icon: LucideIcon
  /** The name, for the tooltip and for screen readers. */
  label: string
  keys?: string | undefined
  /** For a button that turns something on and off. */
  isPressed?: boolean
  tooltipSide?: 'top' | 'right' | 'bottom' | 'left'
  iconSize?: number
  ref?: Ref<HTMLButtonElement>
}

export function IconButton({ icon, label, keys, isPressed, tooltipSide = 'bottom', iconSize = 16, className, type = 'button', ...rest }: IconButtonProps) {
  return (
    <Tooltip label={label} keys={keys} side={tooltipSide}>
      <button
        type={type}
        aria-label={label}
        aria-pressed={isPressed}
        className={classNames(
          'inline-grid size-6.5 shrink-0 place-items-center rounded-control text-muted hover:bg-hover hover:text-text disabled:pointer-events-none disabled:opacity-45',
          isPressed && 'bg-hover text-text',
          className,
        )}
        {...rest}
      >
        <Icon icon={icon} size={iconSize} />
      </button>
    </Tooltip>
  )
}
