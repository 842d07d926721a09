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
  onRemove?: () => void
}

export function Chip({ icon, label, detail, tone = 'plain', title, onRemove }: ChipProps) {
  return (
    <span title={title ?? label} className={classNames('inline-flex h-5.5 max-w-full min-w-0 items-center gap-1.5 rounded-control border border-line bg-surface-1 px-2 text-12', tone === 'warn' && 'text-warn')}>
      {icon && <Icon icon={icon} size={13} className={tone === 'plain' ? 'text-muted' : ''} />}
      <span className="truncate">{label}</span>
      {detail && <span className={classNames('tabular shrink-0', tone === 'plain' && 'text-faint')}>{detail}</span>}
      {onRemove && (
        <button type="button" aria-label={`Remove ${label}`} onClick={onRemove} className="-mr-1.5 grid size-5 shrink-0 place-items-center rounded-small text-faint hover:text-text">
          <Icon icon={X} size={12} />
        </button>
      )}
    </span>
  )
}
