import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'
import { toneClass, type Tone } from './tone.tsx'

export interface Fact {
  /** Unique in its list, and the words at the left. */
  label: string
  value: ReactNode
  tone?: Tone
  /** More than fits, for the pointer. */
  title?: string
}

/** Rows of a name and what holds for it. */
export function FactList({ facts, className }: { facts: readonly Fact[]; className?: string }) {
  return (
    <dl className={classNames('tabular text-12', className)}>
      {facts.map(({ label, value, tone = 'plain', title }) => (
        <div key={label} className="flex min-h-6 items-baseline justify-between gap-4 py-1">
          <dt className="max-w-[60%] shrink-0 text-muted">{label}</dt>
          <dd title={title} className={classNames('min-w-0 text-right break-words', toneClass[tone])}>
            {value}
          </dd>
        </div>
      ))}
    </dl>
  )
}
