import { useLayoutEffect, type RefObject } from 'react'
import { create } from 'zustand'
import { usePages } from './pages.ts'

/** The page that a command has just opened and that should take focus once it is drawn. */
const useWanted = create<{ id: string | null }>(() => ({ id: null }))

/** Say so before `openPage`; a tab that is only switched to leaves focus where it is. */
export function wantPageFocus(id: string): void {
  useWanted.setState({ id })
  window.addEventListener('pointerdown', dropPageFocus, { capture: true, once: true })
}

/** Whoever went on meanwhile is not called back by a page that comes late. */
export function dropPageFocus(): void {
  if (useWanted.getState().id !== null) useWanted.setState({ id: null })
}

usePages.subscribe(({ activeId }, { activeId: before }) => {
  if (activeId !== before && activeId !== useWanted.getState().id) dropPageFocus()
})

/** Focuses the element when its page was opened by a command. */
export function usePageFocus(id: string, isActive: boolean, element: RefObject<HTMLElement | null>): void {
  const isWanted = useWanted(state => state.id === id)
  // After every drawing, since the element may come late.
  useLayoutEffect(() => {
    if (isWanted && isActive && element.current) takeFocus(element.current)
  })
}

function takeFocus(element: HTMLElement): void {
  // At once, since keys are faster than frames.
  element.focus()
  dropPageFocus()
  // A menu that ran the command gives the focus back after it has closed, and a page may not be shown yet: then it is taken in a frame, unless the person has gone on.
  const stop = (): void => {
    cancelAnimationFrame(frame)
    window.removeEventListener('keydown', stop, true)
    window.removeEventListener('pointerdown', stop, true)
  }
  const frame = requestAnimationFrame(() => {
    stop()
    if (!element.contains(document.activeElement)) element.focus()
  })
  window.addEventListener('keydown', stop, true)
  window.addEventListener('pointerdown', stop, true)
}
