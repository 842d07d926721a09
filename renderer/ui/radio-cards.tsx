import type { LucideIcon } from 'lucide-react'
import { useId } from 'react'
import { classNames } from './class-names.ts'
import { Icon } from './icon.tsx'

export interface RadioCard<Value extends string> {
  value: Value
  title: string
  /** A few words under the title. */
  detail: string
  icon?: LucideIcon
  /** The chosen card's colour: `ok` only where the choice protects. */
  tone?: 'ok' | 'warn' | 'plain'
}

export interface RadioCardsProps<Value extends string> {
  label: string
  cards: readonly RadioCard<Value>[]
  /** Null while it is not known. */
  value: Value | null
  onChange: (value: Value) => void
  isDisabled?: boolean
}

const chosen = { ok: 'bg-accent-soft', warn: 'bg-warn-soft', plain: 'bg-selected' } as const
const words = { ok: 'text-accent', warn: 'text-warn', plain: 'text-text' } as const

/** One of a few, side by side, as one control: arrows move, and the choice holds at once. */
export function RadioCards<Value extends string>({ label, cards, value, onChange, isDisabled = false }: RadioCardsProps<Value>) {
  const name = useId()
  return (
    <fieldset disabled={isDisabled} className="@container min-w-0 disabled:opacity-45">
      <legend className="sr-only">{label}</legend>
      <div className="grid grid-cols-2 gap-px overflow-hidden rounded-[8px] border border-line bg-line @max-[380px]:grid-cols-1 @min-[640px]:grid-flow-col @min-[640px]:grid-cols-none @min-[640px]:auto-cols-fr">
        {cards.map(card => {
          const isChosen = card.value === value
          const tone = card.tone ?? 'plain'
          return (
            <label key={card.value} className="relative bg-surface-2 has-focus-visible:outline-2 has-focus-visible:-outline-offset-2 has-focus-visible:outline-accent">
              <input type="radio" name={name} value={card.value} checked={isChosen} onChange={() => onChange(card.value)} className="sr-only" />
              <span className={classNames('block h-full px-3.5 py-2.5', isChosen ? classNames(chosen[tone], 'high-contrast:outline-2 high-contrast:-outline-offset-2') : 'hover:bg-hover')}>
                <span className={classNames('flex items-center gap-1.5 font-strong', isChosen && words[tone])}>
                  {isChosen && card.icon && <Icon icon={card.icon} size={14} />}
                  {card.title}
                </span>
                <span className="block text-12 text-muted">{card.detail}</span>
              </span>
            </label>
          )
        })}
      </div>
    </fieldset>
  )
}
