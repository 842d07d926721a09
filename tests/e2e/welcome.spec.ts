import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { startApp, type RunningApp } from '../support/start-app.ts'

let app: RunningApp
let place: string
test.beforeAll(async () => {
  place = realpathSync(mkdtempSync(join(tmpdir(), 'cortex-folders-')))
  for (const name of ['apples', 'apricots', '.hidden']) mkdirSync(join(place, name))
  app = await startApp({ folder: null })
})
test.afterAll(async () => {
  await app.dispose()
  rmSync(place, { recursive: true, force: true })
})

test.beforeEach(async ({ page }) => {
  await page.goto(await app.mintUrl())
  await expect(page.getByRole('heading', { name: /^Cortex \d/ })).toBeVisible()
})

test('the empty window says what the starter model is and how to use a bigger one', async ({ page }) => {
  const notice = page.getByRole('region', { name: 'The starter model' })
  await expect(notice).toContainText('tiny')
  await expect(notice).toContainText('--model FILE')
  // Of the views, those that need no folder.
  const views = page.getByRole('navigation', { name: 'Views' }).getByRole('button')
  await expect(views).toHaveCount(3)
  for (const name of [/model/i, /privacy/i, /settings/i]) await expect(views.and(page.getByRole('button', { name }))).toHaveCount(1)
})

test('the folder picker completes, hides, goes up, tells errors, and opens by keyboard alone', async ({ page }) => {
  await page.keyboard.press('Control+O')
  const path = page.getByRole('combobox', { name: 'Path' })
  await expect(path).toBeFocused()
  await path.fill(`${place}/`)
  await expect(page.getByRole('option')).toHaveCount(2)
  await page.getByRole('button', { name: 'Hidden folders' }).click()
  await expect(page.getByRole('option')).toHaveCount(3)
  await path.fill(`${place}/apr`)
  await expect(page.getByRole('option')).toHaveCount(1)
  await path.press('Tab')
  await expect(path).toHaveValue(`${place}/apricots/`)
  await page.getByRole('button', { name: 'Folder above' }).click()
  await expect(path).toHaveValue(`${place}/`)

  await path.fill(`${place}/missing/deep`)
  await expect(page.getByRole('alert').filter({ hasText: 'was not found' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Open deep' })).toBeDisabled()

  await path.fill(`${place}/`)
  await expect(page.getByRole('option').first()).toBeVisible()
  await path.press('ArrowDown')
  await path.press('ArrowDown')
  await path.press('Enter')
  await expect(path).not.toHaveValue(`${place}/`)
  await path.fill(`${place}/apples`)
  await path.press('Enter')
  await expect(page.getByRole('dialog')).toBeHidden()
  await expect(page).toHaveTitle('apples · Cortex')
  await expect(page.getByRole('complementary', { name: 'Explorer' })).toBeVisible()
})

test('a folder opened before is listed, opens again, and can be taken off', async ({ page }) => {
  const recent = page.getByRole('region', { name: 'Recent folders' })
  await expect(recent.getByRole('button', { name: /^apples/ })).toBeVisible()
  await recent.getByRole('button', { name: /^apples/ }).click()
  await expect(page).toHaveTitle('apples · Cortex')
  await page.keyboard.press('Control+Shift+P')
  await page.keyboard.type('close folder')
  await page.keyboard.press('Enter')
  await expect(page).toHaveTitle('Cortex')
  await recent.getByRole('button', { name: /^apples/ }).focus()
  await page.keyboard.press('Delete')
  await expect(recent.getByRole('button', { name: /^apples/ })).toBeHidden()
})

test('a second start offers its folder to the window that stands', async ({ page }) => {
  const second = await startApp({ folder: join(place, 'apricots'), home: app.home })
  expect(second.pid).toBe(app.pid)
  await page.getByRole('button', { name: 'Show apricots here' }).click()
  await expect(page).toHaveTitle('apricots · Cortex')
})

test('each folder keeps its own tabs and splits, also when one window goes back and forth', async ({ page }) => {
  const tabs = page.locator('.dv-tab')
  const open = async (path: string, title: string): Promise<void> => {
    await page.keyboard.press('Control+O')
    await page.getByRole('combobox', { name: 'Path' }).fill(path)
    await page.keyboard.press('Enter')
    await expect(page).toHaveTitle(`${title} · Cortex`)
  }
  await open(join(place, 'apples'), 'apples')
  await page.keyboard.press('Control+,')
  await page.keyboard.press('Control+Shift+P')
  await page.keyboard.type('open the log in a tab')
  await page.keyboard.press('Enter')
  await expect(tabs).toHaveCount(2)
  await page.keyboard.press('Control+\\')
  await expect(page.locator('.dv-groupview')).toHaveCount(2)
  await open(join(place, 'apricots'), 'apricots')
  await expect(tabs).toHaveCount(0)
  await page.keyboard.press('Control+,')
  await expect(tabs).toHaveCount(1)
  await open(join(place, 'apples'), 'apples')
  await expect(tabs).toHaveCount(2)
  await expect(page.locator('.dv-groupview')).toHaveCount(2)
})
