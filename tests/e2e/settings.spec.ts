import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { openWindow } from '../support/open-page.ts'
import { startApp, type RunningApp } from '../support/start-app.ts'

let app: RunningApp
test.beforeEach(async ({ page }) => {
  app = await startApp()
  await openWindow(page, app)
  await page.keyboard.press('Control+,')
  await expect(page.getByRole('textbox', { name: 'Search settings' })).toBeFocused()
})
test.afterEach(async () => await app.dispose())

const userFile = (): string => join(app.home, 'settings.jsonc')
const written = (): string => (existsSync(userFile()) ? readFileSync(userFile(), 'utf8') : '')

test('search narrows the form and says how much it found', async ({ page }) => {
  await page.getByRole('textbox', { name: 'Search settings' }).fill('font size')
  await expect(page.locator('[data-setting]')).toHaveCount(2)
  await page.getByRole('textbox', { name: 'Search settings' }).fill('no such setting')
  await expect(page.getByText('No setting matches')).toBeVisible()
  await page.getByRole('button', { name: 'Show all settings' }).click()
  expect(await page.locator('[data-setting]').count()).toBeGreaterThan(15)
})

test('a change goes to the file, shows its source and can be taken back', async ({ page }) => {
  const row = page.locator('[data-setting="appearance.theme"]')
  await row.getByRole('combobox').selectOption('light')
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light')
  await expect(row).toContainText('Yours')
  expect(written()).toContain('"appearance.theme": "light"')
  await row.getByRole('button', { name: 'Reset theme to the default' }).click()
  await expect(row).not.toContainText('Yours')
  expect(written()).not.toContain('appearance.theme')
})

test('a number outside its range is refused in words and never written', async ({ page }) => {
  const field = page.locator('[data-setting="editor.fontSize"]').getByRole('spinbutton')
  await field.fill('99')
  await expect(page.getByText('From 8 to 32.')).toBeVisible()
  await field.press('Tab')
  await expect(field).toHaveValue('13')
  await field.fill('15')
  await field.press('Enter')
  await expect.poll(written).toContain('"editor.fontSize": 15')
})

test('the folder has settings of its own, over the user\'s', async ({ page }) => {
  await page.getByRole('tab', { name: 'This folder' }).click()
  const row = page.locator('[data-setting="editor.tabSize"]')
  await row.getByRole('spinbutton').fill('4')
  await row.getByRole('spinbutton').press('Enter')
  await expect(row).toContainText('This folder')
  await expect(page.locator('[data-setting="model.path"]')).toContainText('Only your own settings can set this.')
  await page.getByRole('tab', { name: 'Yours' }).click()
  await expect(row).toContainText('decide; change it there')
  await expect(row.getByRole('spinbutton')).toBeDisabled()
})

test('a value that is not valid in the file is named, and the default is in force', async ({ page }) => {
  writeFileSync(userFile(), '{ "editor.fontSize": "huge" }')
  await expect(page.getByRole('alert').filter({ hasText: 'editor.fontSize' })).toBeVisible()
  await expect(page.locator('[data-setting="editor.fontSize"]').getByRole('spinbutton')).toHaveValue('13')
})

test('as JSON: text that is not valid stays in the page, a save reaches the form, closing asks', async ({ page }) => {
  await page.getByRole('button', { name: 'Edit as JSON' }).click()
  const text = page.getByRole('textbox', { name: /^Settings file/ })
  await text.fill('{ "editor.tabSize": }')
  await page.keyboard.press('Control+S')
  await expect(page.getByRole('alert').filter({ hasText: 'settings' })).toBeVisible()
  await expect(page.getByRole('tab', { name: 'Your settings file, not saved' })).toBeVisible()
  await page.keyboard.press('Alt+w')
  await page.getByRole('button', { name: 'Cancel' }).click()
  await text.fill('// mine\n{ "editor.tabSize": 8 }\n')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect.poll(written).toContain('// mine')
  await page.getByRole('button', { name: 'Edit as a form' }).click()
  await expect(page.locator('[data-setting="editor.tabSize"]').getByRole('spinbutton')).toHaveValue('8')
})

test('themes and rows change from the palette', async ({ page }) => {
  for (const [words, theme] of [['high contrast', 'high-contrast'], ['dark theme', 'dark']] as const) {
    await page.keyboard.press('Control+Shift+P')
    await page.keyboard.type(words)
    await page.keyboard.press('Enter')
    await expect(page.locator('html')).toHaveAttribute('data-theme', theme)
  }
})
