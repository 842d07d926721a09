const order = ['rail', 'side', 'editor', 'bottom', 'right', 'status']
const focusable = 'button:not(:disabled), [href], input:not(:disabled), select:not(:disabled), textarea:not(:disabled), [tabindex]:not([tabindex="-1"])'
const lastFocus = new WeakMap<Element, HTMLElement>()

/** Remembers where focus was in each part of the window. Answers how to stop. */
export function trackRegions(): () => void {
  const onFocus = (event: FocusEvent): void => {
    if (!(event.target instanceof HTMLElement)) return
    const region = event.target.closest('[data-region]')
    if (region) lastFocus.set(region, event.target)
  }
  document.addEventListener('focusin', onFocus)
  return () => document.removeEventListener('focusin', onFocus)
}

/** Moves focus to the next part of the window, to where it was there before. */
export function focusRegion(by: 1 | -1): void {
  const regions = order.flatMap(name => [...document.querySelectorAll<HTMLElement>(`[data-region="${name}"]`)])
  const current = regions.findIndex(region => region.contains(document.activeElement))
  for (let step = 1; step <= regions.length; step += 1) {
    const region = regions[(current + by * step + regions.length * 2) % regions.length]
    if (!region) return
    const last = lastFocus.get(region)
    const target = last?.isConnected && region.contains(last) ? last : region.querySelector<HTMLElement>(focusable)
    target?.focus()
    if (region.contains(document.activeElement)) return
  }
}
