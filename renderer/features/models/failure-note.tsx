import type { ReactNode } from 'react'
import { errorWords } from '../../shell/error-words.ts'

/** What happened, why, what to do, and the buttons that do it, in the place where it happened. */
export function FailureNote({ failure, name, children }: { failure: unknown; name?: string; children?: ReactNode }) {
  const { what, why, next } = errorWords(failure)
  return (
    <div role="alert" className="flex flex-wrap items-start gap-x-4 gap-y-2 rounded-control bg-error-soft px-3 py-2 text-12 high-contrast:border high-contrast:border-error">
      <p className="min-w-50 flex-1 break-words text-muted">
        <span className="font-strong text-error">{name === undefined ? what : `${name}: ${what}`}</span> {why} {next}
      </p>
      {children && <div className="flex flex-wrap gap-2">{children}</div>}
    </div>
  )
}
