import { Popover as Radix } from 'radix-ui'
import type { ReactElement, ReactNode } from 'react'

export interface PopoverProps {
  /** The button that opens it. */
  trigger: ReactElement
  label: string
  children: ReactNode
  align?: 'start' | 'center' | 'end'
  side?: 'top' | 'bottom'
  width?: number
  isOpen?: boolean
  onOpenChange?: (isOpen: boolean) => void
}

export function Popover({ trigger, label, children, align = 'end', side = 'bottom', width = 360, isOpen, onOpenChange }: PopoverProps) {
  return (
    <Radix.Root {...(isOpen === undefined ? {} : { open: isOpen })} {...(onOpenChange ? { onOpenChange } : {})}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align={align}
          side={side}
          sideOffset={6}
          collisionPadding={8}
          aria-label={label}
          style={{ width: `min(${width}px, calc(100vw - 16px))` }}
          className="appear z-40 max-h-[80vh] overflow-auto rounded-overlay border border-line bg-overlay p-4 shadow-overlay focus-visible:outline-none"
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
