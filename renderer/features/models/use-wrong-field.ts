import { useEffect, useState } from 'react'

/** Label of the first field in the element that calls itself invalid; null while none does. Fields keep what is wrong to themselves. */
export function useWrongField(element: HTMLElement | null): string | null {
  const [wrong, setWrong] = useState<string | null>(null)
  useEffect(() => {
    if (!element) return
    const look = (): void => {
      const field = element.querySelector<HTMLInputElement>('input[aria-invalid=true]')
      setWrong(field && (field.labels?.[0]?.textContent ?? ''))
    }
    const observer = new MutationObserver(look)
    observer.observe(element, { subtree: true, childList: true, attributeFilter: ['aria-invalid'] })
    look()
    return () => observer.disconnect()
  }, [element])
  return wrong
}
