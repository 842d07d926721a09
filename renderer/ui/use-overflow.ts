import { useLayoutEffect, useState, type RefObject } from 'react'

/** Whether what stands in the element is larger than it, so that it scrolls; follows the sizes of both. */
export function useOverflow(element: RefObject<HTMLElement | null>): boolean {
  const [isOver, setOver] = useState(false)
  useLayoutEffect(() => {
    const scroller = element.current
    if (!scroller) return
    const measure = (): void => setOver(scroller.scrollWidth > scroller.clientWidth || scroller.scrollHeight > scroller.clientHeight)
    const observer = new ResizeObserver(measure)
    observer.observe(scroller)
    if (scroller.firstElementChild) observer.observe(scroller.firstElementChild)
    measure()
    return () => observer.disconnect()
  }, [element])
  return isOver
}
