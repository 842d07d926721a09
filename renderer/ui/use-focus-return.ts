import { useRef } from 'react'

export interface FocusReturn {
  onOpenAutoFocus: (event: Event) => void
  onCloseAutoFocus: (event: Event) => void
}

/**
 * Where focus goes when a dialog opens, and back when it closes. Radix gives it back to a trigger only, and a dialog that a key
 * opened has none. React's `autoFocus` would move focus before it can be remembered: `data-autofocus` marks the control instead.
 */
export function useFocusReturn(focusFirst?: (content: HTMLElement) => boolean): FocusReturn {
  const before = useRef<Element | null>(null)
  return {
    onOpenAutoFocus: event => {
      before.current = giverOf(document.activeElement)
      const content = event.currentTarget
      if (!(content instanceof HTMLElement)) return
      const wanted = content.querySelector<HTMLElement>('[data-autofocus="true"]')
      wanted?.focus()
      if (wanted || focusFirst?.(content)) event.preventDefault()
    },
    onCloseAutoFocus: event => {
      event.preventDefault()
      // What the dialog led to may have taken the focus already.
      const isFree = document.activeElement === null || document.activeElement === document.body
      if (isFree && before.current instanceof HTMLElement && before.current.isConnected) before.current.focus()
    },
  }
}

/** A row of a menu is gone when what it led to closes; the button that opened the menu is not. */
function giverOf(element: Element | null): Element | null {
  const button = element?.closest('[role=menu]')?.getAttribute('aria-labelledby')
  return button ? document.getElementById(button) : element
}
