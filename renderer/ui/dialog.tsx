import { X } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { IconButton } from './icon-button.tsx'
import { useFocusReturn } from './use-focus-return.ts'

export interface DialogProps {
  isOpen: boolean
  onClose: () => void
  title: string
  description?: ReactNode
  children?: ReactNode
  /** Buttons at the foot, right-aligned, the main one last. */
  footer?: ReactNode
  /** Pixels; narrower windows make it narrower. */
  width?: number
  hasCloseButton?: boolean
}

function focusItself(content: HTMLElement): boolean {
  content.focus()
  return true
}

export function Dialog({ isOpen, onClose, title, description, children, footer, width = 440, hasCloseButton = true }: DialogProps) {
  // The first control would be Close, whose tooltip then opens and takes the first Escape.
  const focusReturn = useFocusReturn(hasCloseButton ? focusItself : undefined)
  return (
    <Radix.Root open={isOpen} onOpenChange={next => !next && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-backdrop" />
        <Radix.Content
          data-modal=""
          {...(description ? {} : { 'aria-describedby': undefined })}
          {...focusReturn}
          style={{ width: `min(${width}px, calc(100vw - 24px))` }}
          className="appear fixed top-[12vh] left-1/2 z-40 flex max-h-[76vh] -translate-x-1/2 flex-col rounded-overlay border border-line bg-overlay shadow-overlay focus-visible:outline-none"
        >
          <header className="flex items-start gap-2 px-4 pt-4 pb-2">
            <div className="min-w-0 flex-1">
              <Radix.Title className="text-15 font-strong break-words">{title}</Radix.Title>
              {description && <Radix.Description className="mt-1 text-13 break-words text-muted">{description}</Radix.Description>}
            </div>
            {hasCloseButton && <IconButton icon={X} label="Close" onClick={onClose} />}
          </header>
          {children && <div className="flex min-h-0 flex-1 flex-col overflow-auto px-4 py-2">{children}</div>}
          {footer && <footer className="flex flex-wrap justify-end gap-2 px-4 pt-2 pb-4">{footer}</footer>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
