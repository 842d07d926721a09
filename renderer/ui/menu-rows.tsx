import { Check } from 'lucide-react'
import type { ComponentType, ReactNode } from 'react'
import { classNames } from './class-names.ts'
import { Icon } from './icon.tsx'
import { Keys } from './keys.tsx'
import type { MenuEntry } from './menu-item.ts'

interface Parts {
  Item: ComponentType<{ className?: string; disabled?: boolean; onSelect?: () => void; children?: ReactNode; 'aria-checked'?: boolean }>
  Separator: ComponentType<{ className?: string }>
}

export const menuLook = 'appear z-50 min-w-52 max-w-90 max-h-[80vh] overflow-y-auto rounded-overlay border border-line bg-overlay p-1 text-13 shadow-overlay focus-visible:outline-none'

/** The rows of a dropdown and of a context menu are the same. */
export function MenuRows({ entries, parts: { Item, Separator } }: { entries: readonly MenuEntry[]; parts: Parts }) {
  return entries.map((entry, index) =>
    entry === 'separator' ? (
      <Separator key={`separator-${index}`} className="mx-1 my-1 h-px bg-line" />
    ) : (
      <Item
        key={entry.id}
        disabled={entry.disabledReason !== undefined}
        onSelect={entry.run}
        className={classNames(
          'flex min-h-7 items-center gap-2 rounded-control px-2 py-0.5 outline-none select-none data-[disabled]:text-faint data-[highlighted]:bg-selected',
          entry.isDanger && 'text-error',
        )}
      >
        <span className="grid size-4 place-items-center text-muted">{entry.isChecked ? <Icon icon={Check} size={14} /> : entry.icon && <Icon icon={entry.icon} size={14} />}</span>
        <span className="min-w-0 flex-1">
          {entry.label}
          {entry.disabledReason && <span className="block text-11">{entry.disabledReason}</span>}
        </span>
        {entry.keys && <Keys binding={entry.keys} className="ml-4" />}
      </Item>
    ),
  )
}
