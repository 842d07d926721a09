import { X } from 'lucide-react'
import type { ComponentType } from 'react'
import { IconButton } from '../ui/icon-button.tsx'

/** The 36 px heading of a side or right view. */
export function PanelHead({ title, actions: Actions, onClose }: { title: string; actions?: ComponentType | undefined; onClose?: (() => void) | undefined }) {
  return (
    <header className="flex h-9 shrink-0 items-center gap-0.5 pr-2 pl-4">
      <h2 className="min-w-0 flex-1 truncate text-12 font-strong">{title}</h2>
      {Actions && <Actions />}
      {onClose && <IconButton icon={X} label={`Close ${title.toLowerCase()}`} onClick={onClose} />}
    </header>
  )
}
