import { DropdownMenu } from 'radix-ui'
import type { ReactElement } from 'react'
import type { MenuEntry } from './menu-item.ts'
import { menuLook, MenuRows } from './menu-rows.tsx'

export interface MenuProps {
  /** The button that opens it; an IconButton or Button. */
  children: ReactElement
  entries: readonly MenuEntry[]
  align?: 'start' | 'end'
  side?: 'top' | 'bottom' | 'right'
}

/** A dropdown menu on a button. */
export function Menu({ children, entries, align = 'start', side = 'bottom' }: MenuProps) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{children}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content align={align} side={side} sideOffset={4} collisionPadding={8} className={menuLook}>
          <MenuRows entries={entries} parts={DropdownMenu} />
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}
