import { Tooltip as Radix } from 'radix-ui'
import type { ReactElement, ReactNode } from 'react'
import { Keys } from './keys.tsx'

/** Stands once round the whole window. */
export function TooltipProvider({ children }: { children: ReactNode }) {
  return (
    <Radix.Provider delayDuration={500} skipDelayDuration={200}>
      {children}
    </Radix.Provider>
  )
}

export interface TooltipProps {
  label: ReactNode
  /** Key binding shown beside the label. */
  keys?: string | undefined
  side?: 'top' | 'right' | 'bottom' | 'left'
  children: ReactElement
}

/** For controls without visible words, and for text that may be cut. */
export function Tooltip({ label, keys, side = 'bottom', children }: TooltipProps) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          side={side}
          sideOffset={6}
          collisionPadding={8}
          className="appear z-50 flex max-w-80 items-center gap-2 rounded-control border border-line bg-overlay px-2 py-1 text-12 text-text shadow-overlay"
        >
          <span className="min-w-0 break-words">{label}</span>
          {keys && <Keys binding={keys} />}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
