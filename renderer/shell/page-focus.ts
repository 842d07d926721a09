import { useEffect, useRef, type RefObject } from 'react'
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
  const frame = useRef(0)
  // After every drawing, since the element may come late; a page that is drawn again and again must not put it off.
  useEffect(() => {
    if (!isWanted || !isActive || !element.current || frame.current !== 0) return
    // The dialog that ran the command gives focus back first.
    frame.current = requestAnimationFrame(() => {
      frame.current = 0
      if (useWanted.getState().id !== id) return
      element.current?.focus()
      useWanted.setState({ id: null })
    })
  })
  useEffect(
    () => () => {
      cancelAnimationFrame(frame.current)
      frame.current = 0
    },
    [],
  )
}
