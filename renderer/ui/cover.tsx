import { Dialog as Radix } from 'radix-ui'
import type { ReactNode } from 'react'

export interface CoverProps {
  title: string
  icon?: ReactNode
  children: ReactNode
}

/** Stands over the whole page until what it asks for is done; nothing behind it can be reached. */
export function Cover({ title, icon, children }: CoverProps) {
  return (
    <Radix.Root open>
      <Radix.Portal>
        <Radix.Content
          aria-describedby={undefined}
          data-modal=""
          onEscapeKeyDown={event => event.preventDefault()}
          onInteractOutside={event => event.preventDefault()}
          className="fixed inset-0 z-50 overflow-y-auto bg-surface-1 focus-visible:outline-none"
        >
          <div className="mx-auto flex min-h-full max-w-100 flex-col justify-center gap-5 px-5 py-10">
            <div>
              {icon}
              <Radix.Title className="text-20 font-strong">{title}</Radix.Title>
            </div>
            {children}
          </div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
