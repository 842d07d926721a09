import { expect, test } from '@playwright/test'
import { startApp, type RunningApp } from '../support/start-app.ts'
import { openByName, openWindow, statusBar, tab } from '../support/window.ts'

let app: RunningApp
test.beforeEach(async ({ page }) => {
  app = await startApp()
  await openWindow(page, app)
})
test.afterEach(async () => await app.dispose())

test('finds a file by a part of its name and goes to its line', async ({ page }) => {
  await page.keyboard.press('Control+P')
  const field = page.getByRole('dialog').getByRole('combobox')
  await field.fill('smth')
  await expect(page.getByRole('option', { selected: true })).toContainText('smooth.ts')
  await field.fill('smooth.ts:3:5')
  await expect(page.getByRole('option', { selected: true })).toContainText('smooth.ts')
  await page.keyboard.press('Enter')
  await expect(tab(page, 'smooth.ts')).toBeVisible()
  await expect(statusBar(page)).toContainText('Ln 3, Col 5')
})

test('shows files opened recently before anything is typed, newest first', async ({ page }) => {
  await openByName(page, 'track.ts')
  await openByName(page, 'cli.ts')
  await page.keyboard.press('Control+P')
  await expect(page.getByText('Opened recently')).toBeVisible()
  await expect(page.getByRole('option').nth(0)).toContainText('cli.ts')
  await expect(page.getByRole('option').nth(1)).toContainText('track.ts')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('tab', { selected: true })).toContainText('track.ts')
})

test('says when no file matches, and Escape goes back to the editor', async ({ page }) => {
  await openByName(page, 'cli.ts')
  await page.keyboard.press('Control+P')
  await page.keyboard.type('zzzqqq')
  await expect(page.getByText('No file matches.')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.locator('.monaco-editor.focused')).toBeVisible()
})
