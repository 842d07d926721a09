import { X, type LucideIcon } from 'lucide-react'
import { classNames } from './class-names.ts'
import { Icon } from './icon.tsx'

export interface ChipProps {
  icon?: LucideIcon
  label: string
  /** A quiet figure after the label: tokens, a count. */
  detail?: string
  tone?: 'plain' | 'warn'
  title?: string
  /** A property of it: an icon with its word. */
  mark?: { icon: LucideIcon; word: string } | undefined
  /** What can be done about it, besides taking it away. */
  action?: { label: string; name: string; run: () => void } | undefined
  onRemove?: () => void
}

export function Chip({ icon, label, detail, tone = 'plain', title, mark, action, onRemove }: ChipProps) {
  return (
    <span title={title ?? label} className={classNames('inline-flex h-5.5 max-w-full min-w-0 items-center gap-1.5 rounded-control border border-line bg-surface-1 px-2 text-12', tone === 'warn' && 'text-warn')}>
      {icon && <Icon icon={icon} size={13} className={tone === 'plain' ? 'text-muted' : ''} />}
      <span className="truncate">{label}</span>
      {mark && (
        <span className={classNames('flex shrink-0 items-center gap-1', tone === 'plain' && 'text-faint')}>
          <Icon icon={mark.icon} size={12} />
          {mark.word}
        </span>
      )}
      {action && (
        <button type="button" aria-label={action.name} onClick={action.run} className="shrink-0 rounded-small text-text underline decoration-1 underline-offset-2 hover:text-accent">
          {action.label}
        </button>
      )}
      {detail && <span className={classNames('tabular shrink-0', tone === 'plain' && 'text-faint')}>{detail}</span>}
      {onRemove && (
        <button type="button" aria-label={`Remove ${label}`} onClick={onRemove} className="-mr-1.5 grid size-5 shrink-0 place-items-center rounded-small text-faint hover:text-text">
          <Icon icon={X} size={12} />
        </button>
      )}
    </span>
  )
}
