import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from './button.tsx'
import { useDelayed } from './use-delayed.ts'

const frame = 'flex flex-col items-start gap-3 px-4 py-3 text-13 text-muted'

export interface StateAction {
  label: string
  run: () => void
  icon?: LucideIcon
}

/** One sentence, one action. */
export function EmptyState({ text, action, children }: { text: string; action?: StateAction; children?: ReactNode }) {
  return (
    <div className={frame}>
      <p>{text}</p>
      {action && (
        <Button onClick={action.run} {...(action.icon ? { icon: action.icon } : {})}>
          {action.label}
        </Button>
      )}
      {children}
    </div>
  )
}

/** A quiet line after 150 ms; `onCancel` where the work can be long. */
export function LoadingState({ text = 'Loading', onCancel }: { text?: string; onCancel?: () => void }) {
  const isDue = useDelayed()
  return (
    <div className={frame} role="status">
      {isDue && <p>{text}</p>}
      {isDue && onCancel && <Button onClick={onCancel}>Cancel</Button>}
    </div>
  )
}

export interface FailureStateProps {
  /** What happened. */
  title: string
  /** Why. */
  reason?: string | undefined
  /** What to do. */
  advice?: string | undefined
  action?: StateAction | undefined
}

/** What happened, why, what to do, and a button that does it. */
export function FailureState({ title, reason, advice, action }: FailureStateProps) {
  return (
    <div className={frame} role="alert">
      <p className="font-strong text-error">{title}</p>
      {reason && <p className="break-words">{reason}</p>}
      {advice && <p className="break-words">{advice}</p>}
      {action && <Button onClick={action.run}>{action.label}</Button>}
    </div>
  )
}
