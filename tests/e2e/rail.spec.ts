import { expect } from '@playwright/test'
import { test } from '../support/app-test.ts'

test('one entry of the rail is the current one: the page in front, else the side panel', async ({ window: page }) => {
  const rail = page.getByRole('navigation', { name: 'Views' })
  const explorer = rail.getByRole('button', { name: 'Explorer' })
  const current = rail.locator('[aria-current]')
  await expect(current).toHaveAccessibleName('Explorer')
  await expect(explorer).toHaveAttribute('aria-pressed', 'true')
  for (const name of ['Open models', 'Open settings']) {
    await rail.getByRole('button', { name }).click()
    await expect(current).toHaveCount(1)
    await expect(current).toHaveAccessibleName(name)
    await expect(explorer).toHaveAttribute('aria-pressed', 'true')
  }
  await explorer.click()
  await expect(explorer).toHaveAttribute('aria-pressed', 'false')
  await expect(current).toHaveAccessibleName('Open settings')
  for (const name of ['Settings', 'Models']) {
    await page.keyboard.press('Alt+W')
    await expect(page.getByRole('tab', { name })).toHaveCount(0)
  }
  await expect(current).toHaveCount(0)
  await explorer.click()
  await expect(current).toHaveAccessibleName('Explorer')
})
