import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** What axe has against a part of the window, or all of it: rule, element and what to do. */
export async function findViolations(page: Page, part = 'html'): Promise<string[]> {
  // What appears has the colours of a moment until it stands.
  await page.evaluate(async () => {
    for (let frame = 0; frame < 2; frame++) await new Promise(resolve => requestAnimationFrame(resolve))
    await Promise.all(document.getAnimations().filter(one => one.effect?.getComputedTiming().endTime !== Infinity).map(one => one.finished.catch(() => undefined)))
  })
  // The window has no frames: there is nothing to put together in another page.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().include(part).options({ resultTypes: ['violations'] }).withTags(tags).analyze()
  return violations.flatMap(({ id, nodes }) => nodes.map(node => `${id}: ${node.target.join(' ')} ${node.failureSummary ?? ''}`))
}
