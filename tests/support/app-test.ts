import { test as base, type Page } from '@playwright/test'
import { startApp, type RunningApp } from './start-app.ts'

/** A host of its own for each test, and a page that shows its folder. */
export const test = base.extend<{ app: RunningApp; window: Page }>({
  // Playwright reads the first parameter's pattern to know what a fixture needs.
   
  app: async ({}, use) => {
    const app = await startApp()
    await use(app)
    await app.dispose()
  },
  window: async ({ app, page, context }, use) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.goto(app.url)
    await page.getByRole('contentinfo').waitFor()
    await use(page)
  },
})

/** Runs a command of the palette by its title, by keyboard alone. */
export async function runCommand(page: Page, title: string): Promise<void> {
  await page.keyboard.press('F1')
  await page.keyboard.type(title)
  await page.getByRole('option', { name: title }).first().waitFor()
  await page.keyboard.press('Enter')
}
