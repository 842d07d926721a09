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

/** The part of the window an element stands in: the innermost, because the bottom panel lies inside the editor's. */
function regionOf(element: Element | null): Element | null {
  return element?.closest('[data-region]') ?? null
}

/** Moves focus to the next part of the window, to where it was there before. */
export function focusRegion(by: 1 | -1): void {
  const regions = order.flatMap(name => [...document.querySelectorAll<HTMLElement>(`[data-region="${name}"]`)])
  const current = regions.findIndex(region => region === regionOf(document.activeElement))
  for (let step = 1; step <= regions.length; step += 1) {
    const region = regions[(current + by * step + regions.length * 2) % regions.length]
    if (!region) return
    const last = lastFocus.get(region)
    const isStanding = last?.isConnected === true && regionOf(last) === region
    const target = isStanding ? last : [...region.querySelectorAll<HTMLElement>(focusable)].find(element => regionOf(element) === region)
    target?.focus()
    if (regionOf(document.activeElement) === region) return
  }
}
