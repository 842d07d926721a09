import { expect, type Page } from '@playwright/test'
import type { RunningApp } from './start-app.ts'

/** Goes to the app with a fresh link and waits until the window stands. */
export async function openWindow(page: Page, app: RunningApp): Promise<void> {
  await page.goto(await app.mintUrl())
  await expect(page.locator('header').first()).toBeVisible()
  await expect(page.locator('[data-region="editor"]')).toBeVisible()
}

/** What the page's policies refused and what broke, from now on. */
export function watchFaults(page: Page): string[] {
  const faults: string[] = []
  page.on('pageerror', error => faults.push(`error: ${error.message}`))
  page.on('console', message => {
    const text = message.text()
    if (/Content Security Policy|Trusted/i.test(text)) faults.push(text)
  })
  return faults
}
