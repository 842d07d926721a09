import type { SentBudget } from '#shared/contract/chat.ts'
import { classNames } from '../../ui/class-names.ts'
import { contextParts, type PartKind } from './context-parts.ts'

/** Each has its place in the bar and its words beside it as well; the reserve is hatched, and what is free is empty. */
export const partFills: Readonly<Record<PartKind, string>> = {
  system: 'bg-faint',
  files: 'bg-info',
  history: 'bg-(--code-keyword)',
  tools: 'bg-(--code-number)',
  question: 'bg-text',
  free: 'bg-transparent',
  reserve: 'chat-reserve',
}

export interface ContextBarProps {
  label: string
  budget: SentBudget
  className?: string
}

/** The whole context as one bar: what goes to the model from the left, what is kept for the answer at the right. */
export function ContextBar({ label, budget, className }: ContextBarProps) {
  const { sent, free, reserve, text } = contextParts(budget)
  const { totalTokens, contextTokens, answerReserveTokens } = budget
  // Of a question that is too long all is shown, and nothing is free.
  const whole = Math.max(1, contextTokens, totalTokens + answerReserveTokens)
  return (
    <span role="meter" aria-label={label} aria-valuenow={Math.min(totalTokens, contextTokens)} aria-valuemin={0} aria-valuemax={contextTokens} aria-valuetext={text} className={classNames('flex gap-px overflow-hidden rounded-[2px] bg-control-line/25', className)}>
      {[...sent, free, reserve].map(({ kind, tokens }) => tokens > 0 && <span key={kind} className={classNames('block h-full min-w-px', partFills[kind])} style={{ width: `${(tokens / whole) * 100}%` }} />)}
    </span>
  )
}
