import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, type Page } from '@playwright/test'
import { startApp, type RunningApp } from '../support/start-app.ts'
import { openByName, openWindow, shownText, tab, untilKept } from '../support/window.ts'

const path = 'src/track/smooth.ts'
let app: RunningApp
test.beforeEach(async () => {
  app = await startApp()
})
test.afterEach(async () => await app.dispose())

async function typeUnsaved(page: Page): Promise<void> {
  await openWindow(page, app)
  await openByName(page, 'smooth.ts')
  await page.keyboard.type('// not saved yet\n')
  await expect(tab(page, 'smooth.ts, not saved')).toBeVisible()
}

async function expectUnsaved(page: Page): Promise<void> {
  await expect(tab(page, 'smooth.ts, not saved')).toBeVisible()
  await expect.poll(() => shownText(page)).toContain('// not saved yet')
}

test('unsaved text stays over a reload, typed to the last key', async ({ page }) => {
  await typeUnsaved(page)
  await page.reload()
  await expectUnsaved(page)
  await page.keyboard.press('Control+S')
  await expect(tab(page, 'smooth.ts, not saved')).toHaveCount(0)
  expect(readFileSync(join(app.folder ?? '', path), 'utf8')).toContain('// not saved yet')
  await page.reload()
  await expect(tab(page, 'smooth.ts')).toBeVisible()
  await expect(tab(page, 'smooth.ts, not saved')).toHaveCount(0)
})

test('it stays when the renderer is killed', async ({ page, context }) => {
  await typeUnsaved(page)
  await page.keyboard.type('// and more\n')
  await untilKept(app, '// and more')
  const crash = await context.newCDPSession(page)
  const crashed = page.waitForEvent('crash')
  crash.send('Page.crash').catch(() => undefined)
  await crashed
  const second = await context.newPage()
  await second.goto(await app.mintUrl())
  await expectUnsaved(second)
  await expect.poll(() => shownText(second)).toContain('// and more')
})

test('it stays when the host is killed and started again, also when the file changed meanwhile', async ({ page }) => {
  await typeUnsaved(page)
  await untilKept(app, '// not saved yet')
  await app.stop('SIGKILL')
  const before = readFileSync(join(app.folder ?? '', path), 'utf8')
  writeFileSync(join(app.folder ?? '', path), `// theirs\n${before}`)
  const again = await startApp({ folder: app.folder, home: app.home })
  try {
    await page.goto(again.url)
    await expectUnsaved(page)
    await expect(page.getByRole('alert').filter({ hasText: 'changed on disk' })).toBeVisible()
    await page.getByRole('button', { name: 'Take theirs' }).click()
    await expect.poll(() => shownText(page)).toContain('// theirs')
  } finally {
    await again.stop()
  }
})

test('it stays when the file was deleted meanwhile, and saving writes it again', async ({ page }) => {
  await typeUnsaved(page)
  await untilKept(app, '// not saved yet')
  await app.stop('SIGKILL')
  rmSync(join(app.folder ?? '', path))
  const again = await startApp({ folder: app.folder, home: app.home })
  try {
    await page.goto(again.url)
    await expectUnsaved(page)
    await expect(page.getByRole('alert').filter({ hasText: 'deleted on disk' })).toBeVisible()
    await page.getByRole('button', { name: 'Save again' }).click()
    await expect.poll(() => (existsSync(join(app.folder ?? '', path)) ? readFileSync(join(app.folder ?? '', path), 'utf8') : '')).toContain('// not saved yet')
  } finally {
    await again.stop()
  }
})

test('a buffer that never had a file comes back, and is gone once it is thrown away', async ({ page }) => {
  await openWindow(page, app)
  await page.keyboard.press('Alt+N')
  await expect(page.locator('.monaco-editor.focused')).toBeVisible()
  await page.keyboard.type('a thought')
  await page.reload()
  await expect(tab(page, 'Untitled 1, not saved')).toBeVisible()
  await expect.poll(() => shownText(page)).toBe('a thought')
  await tab(page, 'Untitled 1, not saved').click()
  await page.keyboard.press('Alt+W')
  await page.getByRole('button', { name: "Don't save" }).click()
  await expect(tab(page, /Untitled/)).toHaveCount(0)
  await page.reload()
  await expect(page.getByRole('tree')).toBeVisible()
  await expect(tab(page, /Untitled/)).toHaveCount(0)
})
