import { expect, test, type Page } from '@playwright/test'
import { openWindow, watchFaults } from '../support/open-page.ts'
import { startApp, type RunningApp } from '../support/start-app.ts'

let app: RunningApp
test.beforeAll(async () => {
  app = await startApp()
})
test.afterAll(async () => await app.dispose())

async function openFile(page: Page, name: string): Promise<void> {
  await page.keyboard.press('Control+P')
  await page.getByRole('combobox').fill(name)
  await page.getByRole('option', { name }).first().click()
  await expect(page.getByRole('tab', { name })).toHaveAttribute('aria-selected', 'true')
  await expect(page.locator('.monaco-editor.focused')).toBeVisible()
}

test('the page stands under its policies without a word in the console, and nothing of the link stays in the address or the title', async ({ page }) => {
  const faults = watchFaults(page)
  const logged: string[] = []
  page.on('console', message => {
    if (['error', 'warning'].includes(message.type())) logged.push(message.text())
  })
  const url = await app.mintUrl()
  await page.goto(url)
  await expect(page.getByRole('button', { name: 'Go to file or run a command' })).toBeVisible()
  await openFile(page, 'cli.ts')
  expect(page.url()).not.toContain('#')
  expect(await page.title()).not.toContain(new URL(url).hash.slice(1))
  expect(faults).toEqual([])
  expect(logged).toEqual([])
})

test('a link opens one tab: the second page says what to do, a reload goes on', async ({ page, context }) => {
  const url = await app.mintUrl()
  await page.goto(url)
  await expect(page.getByRole('complementary', { name: 'Explorer' })).toBeVisible()
  const other = await context.newPage()
  await other.goto(url)
  await expect(other.getByRole('heading', { name: 'This link was used already' })).toBeVisible()
  await expect(other.getByText('npm start')).toBeVisible()
  await other.goto(new URL(url).origin)
  await page.reload()
  await expect(page.getByRole('complementary', { name: 'Explorer' })).toBeVisible()
})

test('the palette finds a command, shows its key, runs it and lists it first the next time', async ({ page }) => {
  await openWindow(page, app)
  await page.keyboard.press('Control+Shift+P')
  await page.keyboard.type('side panel')
  const option = page.getByRole('option', { name: 'Show or hide the side panel' })
  await expect(option).toContainText('Ctrl B')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('complementary', { name: 'Explorer' })).toBeHidden()
  await page.keyboard.press('F1')
  await expect(page.getByRole('option').first()).toContainText('Show or hide the side panel')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('complementary', { name: 'Explorer' })).toBeVisible()
})

test('a command that cannot run says why', async ({ page }) => {
  await openWindow(page, app)
  await page.keyboard.press('Control+Shift+P')
  await page.keyboard.type('close other tabs')
  const option = page.getByRole('option', { name: 'Close other tabs' })
  await expect(option).toContainText('No other tab is open.')
  await expect(option).toHaveAttribute('aria-disabled', 'true')
})

test('tabs: preview, keys, menu, split, close by every way', async ({ page }) => {
  await openWindow(page, app)
  await page.keyboard.press('Control+,')
  await page.keyboard.press('Control+Shift+P')
  await page.keyboard.type('open the log in a tab')
  await page.keyboard.press('Enter')
  const log = page.getByRole('tab', { name: 'Log' })
  const settings = page.getByRole('tab', { name: 'Settings' })
  await expect(log).toHaveAttribute('aria-selected', 'true')
  await expect(page.getByRole('region', { name: 'Log lines' })).toBeFocused()
  await page.keyboard.press('Control+PageUp')
  await expect(settings).toHaveAttribute('aria-selected', 'true')

  await settings.focus()
  await page.keyboard.press('ArrowRight')
  await expect(log).toBeFocused()
  await page.keyboard.press('Shift+F10')
  await page.getByRole('menuitem', { name: 'Split right' }).click()
  await expect(page.locator('.dv-groupview')).toHaveCount(2)

  await log.focus()
  await page.keyboard.press('Delete')
  await expect(log).toBeHidden()
  await expect(page.locator('.dv-groupview')).toHaveCount(1)
  await page.keyboard.press('Alt+w')
  await expect(settings).toBeHidden()
  await page.keyboard.press('Alt+Shift+T')
  await expect(settings).toBeVisible()
  await page.locator('[data-close-tab="settings"]').click()
  await expect(settings).toBeHidden()
})

test('splitters move by keyboard and pointer; width and tabs are there again after a reload', async ({ page }) => {
  await openWindow(page, app)
  await openFile(page, 'cli.ts')
  const splitter = page.getByRole('separator', { name: 'Width of explorer' })
  await splitter.focus()
  const before = Number(await splitter.getAttribute('aria-valuenow'))
  await page.keyboard.press('Shift+ArrowRight')
  await expect(splitter).toHaveAttribute('aria-valuenow', String(before + 40))
  const box = (await splitter.boundingBox())!
  await page.mouse.move(box.x + 3, box.y + 200)
  await page.mouse.down()
  await page.mouse.move(box.x + 33, box.y + 200, { steps: 3 })
  await page.mouse.up()
  await expect(splitter).toHaveAttribute('aria-valuenow', String(before + 70))
  // Kept by the host 400 ms after the last change, and when the page goes.
  await page.reload()
  await expect(splitter).toHaveAttribute('aria-valuenow', String(before + 70))
  await expect(page.getByRole('tab', { name: 'cli.ts' })).toBeVisible()
})

test('F6 walks through the parts of the window and back', async ({ page }) => {
  await openWindow(page, app)
  await page.getByRole('button', { name: 'Explorer', exact: true }).focus()
  const region = (): Promise<string | null | undefined> => page.evaluate(() => document.activeElement?.closest('[data-region]')?.getAttribute('data-region'))
  const seen: (string | null | undefined)[] = []
  for (let step = 0; step < 4; step += 1) {
    await page.keyboard.press('F6')
    seen.push(await region())
  }
  expect(new Set(seen).size).toBeGreaterThanOrEqual(3)
  await page.keyboard.press('Shift+F6')
  expect(await region()).toBe(seen.at(-2))
})

test('below 1,200 px the chat is an overlay that Escape closes; at 320 px nothing is cut off', async ({ page }) => {
  await page.setViewportSize({ width: 1024, height: 640 })
  await openWindow(page, app)
  const chat = page.getByRole('complementary', { name: 'Chat' })
  await expect(chat).toBeHidden()
  await page.getByRole('button', { name: 'Chat', exact: true }).click()
  await expect(chat).toBeVisible()
  await chat.getByRole('textbox').focus()
  await page.keyboard.press('Escape')
  await expect(chat).toBeHidden()
  await page.setViewportSize({ width: 320, height: 640 })
  await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320)
  await expect(page.getByRole('button', { name: 'Go to file or run a command' })).toBeInViewport()
  await openFile(page, 'cli.ts')
  await expect(page.getByRole('complementary', { name: 'Explorer' })).toBeHidden()
  await expect(page.locator('.monaco-editor .view-line').first()).toBeInViewport()
})

test('a host that goes away is said, and the window goes on when it is back', async ({ page }) => {
  const own = await startApp()
  let again: RunningApp | null = null
  try {
    await page.goto(own.url)
    await expect(page.getByRole('complementary', { name: 'Explorer' })).toBeVisible()
    await own.stop('SIGKILL')
    await expect(page.getByText('Connection to the host lost')).toBeVisible()
    again = await startApp({ folder: own.folder, home: own.home, options: ['--port', String(own.port)] })
    await expect(page.getByRole('heading', { name: 'Cortex was started again' })).toBeVisible({ timeout: 20_000 })
    await page.goto(again.url)
    await expect(page.getByRole('complementary', { name: 'Explorer' })).toBeVisible()
  } finally {
    await again?.stop()
    await own.dispose()
  }
})
