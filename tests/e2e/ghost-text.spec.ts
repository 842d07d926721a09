import { expect, test, type Page } from '@playwright/test'
import { startApp, type RunningApp } from '../support/start-app.ts'
import { openByName, openWindow, shownText, statusBar } from '../support/window.ts'

let app: RunningApp
test.beforeAll(async () => {
  app = await startApp()
})
test.afterAll(async () => await app.dispose())

const ghost = (page: Page) => page.locator('.monaco-editor .ghost-text-decoration, .monaco-editor .ghost-text').first()

/** Counts how often the model is asked. */
function countAsks(page: Page): () => number {
  let asks = 0
  page.on('websocket', socket => socket.on('framesent', frame => String(frame.payload).includes('completion/complete') && (asks += 1)))
  return () => asks
}

async function begin(page: Page): Promise<void> {
  await page.goto(await app.mintUrl())
  await expect(page.getByRole('tree')).toBeVisible()
  await openByName(page, 'smooth.ts')
  await page.keyboard.press('Control+End')
  await page.keyboard.type('export function total(values: readonly number[]): number {\nreturn values.')
  // Until the next frame the suggestion for the key before may stand.
  await page.evaluate(() => new Promise<void>(resolve => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))))
}

/** Throws the text away again, so that the next test finds the file as it was. */
async function leave(page: Page): Promise<void> {
  await page.keyboard.press('Alt+W')
  await page.getByRole('button', { name: "Don't save" }).click()
  // It goes once nothing of it is kept.
  await expect(page.getByRole('tab', { name: /smooth\.ts/ })).toHaveCount(0)
}

test('the model suggests; Tab accepts, typed-through text is not asked for again', async ({ page }) => {
  const asks = countAsks(page)
  await begin(page)
  await expect(ghost(page)).toBeVisible()
  expect(await ghost(page).evaluate(element => getComputedStyle(element).fontStyle)).toBe('normal')
  const suggestion = ((await ghost(page).textContent()) ?? '').replaceAll('\u00a0', ' ')
  expect(suggestion.length).toBeGreaterThan(2)
  const asked = asks()
  await page.keyboard.type(suggestion[0] ?? '')
  await expect(ghost(page)).toBeVisible()
  await page.waitForTimeout(400)
  expect(asks()).toBe(asked)
  await page.keyboard.press('Tab')
  await expect.poll(() => shownText(page)).toContain(`return values.${suggestion}`)
  await leave(page)
})

test('Escape dismisses, Alt+\\ brings back, Ctrl+Right accepts a word', async ({ page }) => {
  await begin(page)
  await expect(ghost(page)).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(ghost(page)).toHaveCount(0)
  await page.keyboard.press('Alt+\\')
  await expect(ghost(page)).toBeVisible()
  const column = async (): Promise<number> => Number(/Col (\d+)/.exec((await statusBar(page).textContent()) ?? '')?.[1])
  const before = await column()
  expect(before).toBeGreaterThan('return values.'.length)
  await page.keyboard.press('Control+ArrowRight')
  await expect.poll(column).toBeGreaterThan(before)
  await leave(page)
})

test('the hint about the keys goes once they were used', async ({ page }) => {
  const own = await startApp()
  try {
    await openWindow(page, own)
    await openByName(page, 'smooth.ts')
    await page.keyboard.press('Control+End')
    await page.keyboard.type('export const limit = ')
    const hint = page.getByRole('status').filter({ hasText: 'accept' })
    await expect(hint).toBeVisible()
    await page.keyboard.press('Tab')
    await expect(hint).toHaveCount(0)
    await page.keyboard.press('Enter')
    await page.keyboard.type('export const other = ')
    await expect(ghost(page)).toBeVisible()
    await expect(hint).toHaveCount(0)
  } finally {
    await own.dispose()
  }
})

test('nothing is suggested with a selection, and nothing while it is off', async ({ page }) => {
  const asks = countAsks(page)
  await begin(page)
  await expect(ghost(page)).toBeVisible()
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+A')
  const asked = asks()
  await page.waitForTimeout(400)
  expect(asks()).toBe(asked)
  await page.keyboard.press('Control+End')
  await page.keyboard.press('Alt+G')
  await expect(statusBar(page).getByRole('button', { name: /Suggestions are off/ })).toBeVisible()
  await page.keyboard.type('\nconst a = ')
  await page.waitForTimeout(500)
  expect(asks()).toBe(asked)
  await expect(ghost(page)).toHaveCount(0)
  await page.keyboard.press('Alt+G')
  await expect(statusBar(page).getByRole('button', { name: /Turn suggestions off/ })).toBeVisible()
  await page.keyboard.type('b + ')
  await expect.poll(asks).toBeGreaterThan(asked)
  await leave(page)
})

test('says why there is no suggestion without a model', async ({ page }) => {
  const own = await startApp({ options: ['--model', '/nowhere/model.gguf'] })
  // Keys come before a busy window is idle.
  await page.addInitScript(() => {
    window.requestIdleCallback = () => 0
  })
  try {
    await openWindow(page, own)
    await openByName(page, 'smooth.ts')
    await page.keyboard.press('Control+End')
    await page.keyboard.type('const c = ')
    await expect(statusBar(page).getByRole('button', { name: /No suggestion: No model is loaded/ })).toBeVisible()
    await expect(ghost(page)).toHaveCount(0)
  } finally {
    await own.dispose()
  }
})
