import { Popover as Radix } from 'radix-ui'
import { useRef, type ReactElement, type ReactNode } from 'react'
import { useOverflow } from './use-overflow.ts'

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
  /** Prevented, the focus goes elsewhere than back to the trigger. */
  onCloseAutoFocus?: (event: Event) => void
}

export function Popover({ trigger, label, children, align = 'end', side = 'bottom', width = 360, isOpen, onOpenChange, onCloseAutoFocus }: PopoverProps) {
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
          {...(onCloseAutoFocus ? { onCloseAutoFocus } : {})}
          style={{ width: `min(${width}px, calc(100vw - 16px))` }}
          className="appear z-40 flex max-h-[var(--radix-popover-content-available-height,80vh)] flex-col overflow-hidden rounded-overlay border border-line bg-overlay shadow-overlay focus-visible:outline-none"
        >
          <Body label={label}>{children}</Body>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

/** Where it is too long for the window it scrolls, by keyboard too, and its thumb says that there is more. */
function Body({ label, children }: { label: string; children: ReactNode }) {
  const scroller = useRef<HTMLDivElement>(null)
  const isOver = useOverflow(scroller)
  return (
    <div
      ref={scroller}
      // Never without the attribute: an element that loses it loses the focus.
      tabIndex={isOver ? 0 : -1}
      {...(isOver ? { role: 'region', 'aria-label': `${label}, scrolls` } : {})}
      className="scroll-shown focus-inset min-h-0 overflow-x-hidden overflow-y-auto rounded-overlay"
    >
      <div className="p-4">{children}</div>
    </div>
  )
}
