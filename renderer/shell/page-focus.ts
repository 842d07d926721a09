import { useEffect, type RefObject } from 'react'
import { create } from 'zustand'

/** The page that a command has just opened and that should take focus once it is drawn. */
const useWanted = create<{ id: string | null }>(() => ({ id: null }))

/** Say so before `openPage`; a tab that is only switched to leaves focus where it is. */
export function wantPageFocus(id: string): void {
  useWanted.setState({ id })
}

/** Focuses the element when its page was opened by a command. */
export function usePageFocus(id: string, isActive: boolean, element: RefObject<HTMLElement | null>): void {
  const isWanted = useWanted(state => state.id === id)
  useEffect(() => {
    if (!isWanted || !isActive || !element.current) return
    // The dialog that ran the command gives focus back first.
    const frame = requestAnimationFrame(() => {
      element.current?.focus()
      useWanted.setState({ id: null })
    })
    return () => cancelAnimationFrame(frame)
  })
}
