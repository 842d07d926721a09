import type { Page } from 'playwright-core'

declare global {
  interface Window {
    keyTimes: { lastKey: number; ghostAt: number; lineAt: number; ghostText: string }
  }
}

/** Notes in the page when the last key came, when suggested text was drawn after it, and when the line changed. */
export async function watchKeys(page: Page): Promise<void> {
  await page.evaluate(() => {
    const times = { lastKey: 0, ghostAt: 0, lineAt: 0, ghostText: '' }
    window.keyTimes = times
    addEventListener('keydown', () => Object.assign(times, { lastKey: performance.now(), ghostAt: 0, lineAt: 0, ghostText: '' }), true)
    const lines = document.querySelector('.monaco-editor .view-lines')
    if (!lines) throw new Error('There is no editor')
    new MutationObserver(() => {
      const now = performance.now()
      if (times.lineAt === 0) times.lineAt = now
      const ghost = document.querySelector('.monaco-editor .ghost-text-decoration')
      if (ghost && times.ghostAt === 0 && ghost.textContent !== times.ghostText) Object.assign(times, { ghostAt: now, ghostText: ghost.textContent })
    }).observe(lines, { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ['class'] })
  })
}

/** Milliseconds from the last key to suggested text on the screen; null when none came. */
export async function ghostDelay(page: Page, timeout = 3000): Promise<number | null> {
  try {
    await page.waitForFunction(() => window.keyTimes.ghostAt > 0, undefined, { timeout, polling: 'raf' })
  } catch {
    return null
  }
  return await page.evaluate(() => window.keyTimes.ghostAt - window.keyTimes.lastKey)
}

/** Milliseconds from the last key to the changed line on the screen. */
export async function lineDelay(page: Page): Promise<number> {
  await page.waitForFunction(() => window.keyTimes.lineAt > 0, undefined, { timeout: 3000, polling: 'raf' })
  return await page.evaluate(() => window.keyTimes.lineAt - window.keyTimes.lastKey)
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
