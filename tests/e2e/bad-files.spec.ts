import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { startApp, type RunningApp } from '../support/start-app.ts'
import { openByName, openWindow, shownText, tab } from '../support/window.ts'

let app: RunningApp
test.beforeEach(async () => {
  app = await startApp()
})
test.afterEach(async () => await app.dispose())

const at = (path: string): string => join(app.folder ?? '', path)

test('a binary file and one of 200 MB say what they are; the page goes on', async ({ page }) => {
  writeFileSync(at('picture.bin'), Buffer.from([0x89, 0x50, 0, 0, 1, 2, 3]))
  writeFileSync(at('huge.log'), 'line\n')
  truncateSync(at('huge.log'), 200_000_000)
  await openWindow(page, app)
  await page.getByRole('treeitem', { name: 'picture.bin' }).dblclick()
  await expect(page.getByText('is not a text file')).toBeVisible()
  await page.getByRole('treeitem', { name: 'huge.log' }).dblclick()
  await expect(page.getByText('is too large to open')).toBeVisible()
  await expect(page.getByText('It holds 200 MB')).toBeVisible()
  await openByName(page, 'smooth.ts')
  await expect.poll(() => shownText(page)).toContain('export function smooth')
})

test('invalid UTF-8 opens read-only and saving cannot damage it', async ({ page }) => {
  const bytes = Buffer.from([0x61, 0xff, 0xfe, 0x62, 0x0a])
  writeFileSync(at('latin.txt'), bytes)
  await openWindow(page, app)
  await openByName(page, 'latin.txt')
  await expect(page.getByText('not valid UTF-8')).toBeVisible()
  await page.keyboard.type('x')
  await page.keyboard.press('Control+S')
  await expect(tab(page, 'latin.txt, not saved')).toHaveCount(0)
  await expect.poll(() => shownText(page)).toContain('a\ufffd\ufffdb')
  expect(readFileSync(at('latin.txt'))).toEqual(bytes)
})

test('names with a newline, emoji, bidirectional marks or 255 bytes are shown on one line and opened', async ({ page }) => {
  const names = ['two\nlines.txt', '🙂 notes.txt', 'evil\u202etxt.exe', `${'n'.repeat(251)}.txt`]
  for (const name of names) writeFileSync(at(name), `in ${name.length}\n`)
  await openWindow(page, app)
  for (const [shown, length] of [['two␊lines.txt', 13], ['🙂 notes.txt', 12], ['evil\ufffdtxt.exe', 12], [names[3] ?? '', 255]] as const) {
    const row = page.getByRole('treeitem', { name: shown, exact: true })
    await row.dblclick()
    await expect(tab(page, shown)).toBeVisible()
    await expect.poll(() => shownText(page)).toContain(`in ${length}`)
    expect((await row.boundingBox())?.height).toBe(24)
  }
})

test('a file deleted while dirty stays, says so, and saving writes it again', async ({ page }) => {
  await openWindow(page, app)
  await openByName(page, 'smooth.ts')
  await page.keyboard.type('// mine\n')
  rmSync(at('src/track/smooth.ts'))
  await expect(page.getByRole('alert').filter({ hasText: 'deleted on disk' })).toBeVisible()
  await page.keyboard.press('Control+S')
  await expect(page.getByRole('alert').filter({ hasText: 'deleted on disk' })).toHaveCount(0)
  expect(readFileSync(at('src/track/smooth.ts'), 'utf8')).toContain('// mine')
})

test('a file that goes away before it opens says so, and opens once it is back', async ({ page }) => {
  await openWindow(page, app)
  await openByName(page, 'cli.ts')
  const before = readFileSync(at('src/cli.ts'), 'utf8')
  await page.keyboard.press('Alt+W')
  rmSync(at('src/cli.ts'))
  await page.keyboard.press('Alt+Shift+T')
  await expect(page.getByText('was not found')).toBeVisible()
  writeFileSync(at('src/cli.ts'), before)
  await expect.poll(() => shownText(page).catch(() => '')).toContain('import')
})
