import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, type Page } from '@playwright/test'
import { startApp, type RunningApp } from '../support/start-app.ts'
import { openByName, openWindow, tab } from '../support/window.ts'

let app: RunningApp
test.beforeEach(async ({ page }) => {
  app = await startApp()
  await openWindow(page, app)
})
test.afterEach(async () => await app.dispose())

const at = (path: string): string => join(app.folder ?? '', path)
const row = (page: Page, name: string) => page.getByRole('treeitem', { name, exact: true })

/** Puts the focus on a row with the keyboard alone. */
async function goTo(page: Page, name: string): Promise<void> {
  const tree = page.getByRole('tree')
  const active = async (): Promise<string> => (await tree.getAttribute('aria-activedescendant')) ?? ''
  await page.keyboard.press('Alt+1')
  await expect(tree).toBeFocused()
  await page.keyboard.press('Home')
  await expect(tree).toHaveAttribute('aria-activedescendant', (await page.getByRole('treeitem').first().getAttribute('id')) ?? '')
  for (let step = 0; step < 60; step += 1) {
    const before = await active()
    if (before === `explorer-${name}` || before.endsWith(`/${name}`)) return
    await page.keyboard.press('ArrowDown')
    await expect(tree).not.toHaveAttribute('aria-activedescendant', before)
  }
  throw new Error(`No row ${name}`)
}

test('by keyboard alone: open, create, rename, move, delete', async ({ page }) => {
  await goTo(page, 'src')
  await page.keyboard.press('ArrowRight')
  await expect(row(page, 'track')).toBeVisible()
  await expect(row(page, 'src')).toHaveAttribute('aria-expanded', 'true')

  await page.keyboard.press('Control+Alt+N')
  await page.getByRole('textbox', { name: 'Name of the new file' }).fill('rate.ts')
  await page.keyboard.press('Enter')
  await expect(tab(page, 'rate.ts')).toBeVisible()
  expect(existsSync(at('src/rate.ts'))).toBe(true)
  // The new file takes the focus once its editor stands.
  await expect(page.locator('.monaco-editor.focused')).toBeVisible()

  await goTo(page, 'rate.ts')
  await page.keyboard.press('F2')
  await page.keyboard.type('pace')
  await page.keyboard.press('Enter')
  await expect(tab(page, 'pace.ts')).toBeVisible()
  await expect.poll(() => [existsSync(at('src/rate.ts')), existsSync(at('src/pace.ts'))]).toEqual([false, true])
  await expect(page.getByRole('tree')).toBeFocused()

  await page.keyboard.press('Control+X')
  await goTo(page, 'docs')
  await page.keyboard.press('Control+V')
  await expect.poll(() => existsSync(at('docs/pace.ts'))).toBe(true)
  await expect(row(page, 'pace.ts')).toHaveAttribute('aria-level', '2')
  // What was moved is gone to once its new folder has been read.
  await expect(page.getByRole('tree')).toHaveAttribute('aria-activedescendant', 'explorer-docs/pace.ts')
  await expect(page.getByRole('navigation', { name: 'Path of the file' })).toContainText('docs')

  await goTo(page, 'pace.ts')
  await page.keyboard.press('Delete')
  await expect(page.getByRole('dialog')).toContainText('trash')
  await page.getByRole('button', { name: 'Move to trash' }).press('Enter')
  await expect.poll(() => existsSync(at('docs/pace.ts'))).toBe(false)
  await expect(tab(page, 'pace.ts')).toHaveCount(0)
})

test('changes from outside appear; what is open and selected stays', async ({ page }) => {
  await row(page, 'src').click()
  await row(page, 'track').click()
  await row(page, 'smooth.ts').click()
  writeFileSync(at('src/track/climb.ts'), '')
  mkdirSync(at('src/maps'))
  await expect(row(page, 'climb.ts')).toBeVisible()
  await expect(row(page, 'maps')).toBeVisible()
  await expect(row(page, 'smooth.ts')).toHaveAttribute('aria-selected', 'true')
  await expect(row(page, 'track')).toHaveAttribute('aria-expanded', 'true')
  rmSync(at('src/track/climb.ts'))
  await expect(row(page, 'climb.ts')).toHaveCount(0)
  await page.reload()
  await expect(row(page, 'smooth.ts')).toBeVisible()
})

test('ten thousand entries are drawn a screen at a time', async ({ page }) => {
  mkdirSync(at('many'))
  for (let number = 0; number < 10_500; number += 1) writeFileSync(at(`many/entry-${String(number).padStart(5, '0')}.txt`), '')
  await expect(row(page, 'many')).toBeVisible()
  await row(page, 'many').click()
  await expect(row(page, 'entry-00000.txt')).toBeVisible()
  expect(await page.getByRole('treeitem').count()).toBeLessThan(200)
  await row(page, 'entry-00000.txt').click()
  await page.keyboard.press('End')
  await expect(row(page, 'README.md')).toHaveAttribute('aria-selected', 'true')
  await expect(page.getByText('10,000 of 10,500 entries are shown')).toBeAttached()
})

test('drags a file into a folder, and its tab goes along with the unsaved text', async ({ page }) => {
  await openByName(page, 'README.md')
  await page.keyboard.type('unsaved ')
  await page.getByRole('treeitem', { name: 'README.md, not saved' }).dragTo(row(page, 'docs'))
  await expect.poll(() => existsSync(at('docs/README.md'))).toBe(true)
  await expect(tab(page, 'README.md, not saved')).toBeVisible()
  await expect(page.getByRole('navigation', { name: 'Path of the file' })).toContainText('docs')
})

test('says what is wrong with a name, and takes none that is taken', async ({ page }) => {
  await row(page, 'package.json').click()
  await page.getByRole('tree').press('F2')
  const field = page.getByRole('textbox', { name: 'New name of package.json' })
  await field.fill('README.md')
  await expect(page.getByText('exists already in this folder')).toBeVisible()
  await field.fill('é'.repeat(128))
  await expect(page.getByText('at most 255 bytes')).toBeVisible()
  await field.press('Escape')
  await expect(row(page, 'package.json')).toBeVisible()
  expect(existsSync(at('package.json'))).toBe(true)
})

test('menu, collapse all, paths, and an empty folder', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  mkdirSync(at('nothing'))
  await row(page, 'nothing').click()
  await expect(page.getByRole('tree').getByText('Empty')).toBeVisible()
  await row(page, 'package.json').click({ button: 'right' })
  await page.getByRole('menuitem', { name: 'Copy relative path' }).click()
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe('package.json')
  await page.getByRole('button', { name: 'More' }).first().click()
  await page.getByRole('menuitem', { name: 'Collapse all' }).click()
  await expect(row(page, 'nothing')).toHaveAttribute('aria-expanded', 'false')
  await row(page, 'nothing').click({ button: 'right' })
  await page.getByRole('menuitem', { name: 'New file' }).click()
  await page.getByRole('textbox', { name: 'Name of the new file' }).fill('deep/inside.txt')
  await page.keyboard.press('Enter')
  await expect.poll(() => existsSync(at('nothing/deep/inside.txt'))).toBe(true)
  await expect(tab(page, 'inside.txt')).toBeVisible()
})
