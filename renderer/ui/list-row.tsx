import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react'
import { classNames } from './class-names.ts'

export interface ListRowProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  isSelected?: boolean
  start?: ReactNode
  end?: ReactNode
  ref?: Ref<HTMLButtonElement>
}

/** A clickable row of a list, in the height the person chose. */
export function ListRow({ isSelected = false, start, end, className, children, type = 'button', ...rest }: ListRowProps) {
  return (
    <button
      type={type}
      className={classNames('focus-inset row-height flex w-full min-w-0 items-center gap-2 rounded-[5px] px-2 text-left', isSelected ? 'bg-selected' : 'hover:bg-hover', className)}
      {...rest}
    >
      {start && <span className="flex shrink-0 items-center text-muted">{start}</span>}
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {end && <span className="flex shrink-0 items-center text-faint">{end}</span>}
    </button>
  )
}
