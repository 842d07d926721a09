import { useId, type ReactNode } from 'react'
import { classNames } from './class-names.ts'

export interface SectionProps {
  title: string
  /** Small controls at the right of the heading. */
  actions?: ReactNode
  className?: string
  /** For links that scroll to it and give its heading the focus. */
  id?: string
  children: ReactNode
}

/** A part of a page: a quiet heading over what it is about. */
export function Section({ title, actions, className, id, children }: SectionProps) {
  const heading = useId()
  return (
    <section aria-labelledby={heading} id={id} className={classNames('min-w-0', id !== undefined && 'scroll-mt-3', className)}>
      <div className="mb-2 flex min-h-6 flex-wrap items-center justify-between gap-x-3 gap-y-1">
        <h2 id={heading} tabIndex={id === undefined ? undefined : -1} className="rounded-small text-12 font-strong text-muted">
          {title}
        </h2>
        {actions && <div className="flex items-center gap-2">{actions}</div>}
      </div>
      {children}
    </section>
  )
}

/** The row of buttons under a part. */
export function Actions({ children }: { children: ReactNode }) {
  return <div className="mt-3 flex flex-wrap gap-2">{children}</div>
}
