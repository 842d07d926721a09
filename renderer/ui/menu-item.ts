import type { LucideIcon } from 'lucide-react'

export interface MenuAction {
  id: string
  label: string
  icon?: LucideIcon | undefined
  /** Key binding, shown at the end of the row. */
  keys?: string | undefined
  /** Why it cannot run now; draws the row disabled with the reason below. */
  disabledReason?: string | undefined
  isDanger?: boolean
  isChecked?: boolean
  run: () => void
}

/** Rows of a menu in order; `separator` draws a line. */
export type MenuEntry = MenuAction | 'separator'
