import { ContextMenu as Radix } from 'radix-ui'
import type { ReactElement } from 'react'
import type { MenuEntry } from './menu-item.ts'
import { menuLook, MenuRows } from './menu-rows.tsx'

/** A menu on right click, the context-menu key or Shift+F10. */
export function ContextMenu({ children, entries }: { children: ReactElement; entries: readonly MenuEntry[] }) {
  if (entries.length === 0) return children
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content collisionPadding={8} className={menuLook}>
          <MenuRows entries={entries} parts={Radix} />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
