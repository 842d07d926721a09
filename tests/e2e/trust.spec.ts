import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, type Locator, type Page } from '@playwright/test'
import { findViolations } from '../support/find-violations.ts'
import { openWindow } from '../support/open-page.ts'
import { startApp, type RunningApp, type StartOptions } from '../support/start-app.ts'
import { openByName, runFromPalette, shownText, statusBar } from '../support/window.ts'

/** Letters of the tag block, which no font draws. */
const hidden = '\u{E0072}\u{E0075}\u{E006E}'
const folders: string[] = []
let app: RunningApp

function makeFolder(files: Record<string, string>): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'cortex-trust-')))
  folders.push(folder)
  cpSync(join(import.meta.dirname, '../fixtures/workspace'), folder, { recursive: true })
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}
async function start(page: Page, options: StartOptions): Promise<void> {
  app = await startApp(options)
  await openWindow(page, app)
}
test.afterEach(async () => {
  await app.dispose()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})

const restricted = (page: Page): Locator => statusBar(page).getByRole('button', { name: 'Restricted folder' })
const row = (page: Page, setting: string): Locator => page.locator(`[data-setting="${setting}"]`)
/** Moves the focus on by Tab until this holds it, as a person without a mouse does. */
async function tabTo(page: Page, wanted: Locator): Promise<void> {
  for (let presses = 0; presses < 20; presses++) {
    if (await wanted.evaluate(element => element === document.activeElement)) return
    await page.keyboard.press('Tab')
  }
  throw new Error('Tab never reached it')
}

test('a restricted folder says so, lists what would run, and its held-back settings come and go with trust, by keyboard alone', async ({ page }) => {
  const folder = makeFolder({
    '.cortex/settings.jsonc': '{ "chat.temperature": 1.5, "editor.tabSize": 7 }',
    '.vscode/tasks.json': '{ "tasks": [{ "runOptions": { "runOn": "folderOpen" } }] }',
    'AGENTS.md': `Be kind.${hidden}`,
  })
  await start(page, { folder })
  await page.keyboard.press('Control+,')
  await expect(page.getByRole('textbox', { name: 'Search settings' })).toBeFocused()
  const temperature = row(page, 'chat.temperature').getByRole('spinbutton')
  await expect(row(page, 'editor.tabSize').getByRole('spinbutton')).toHaveValue('7')
  await expect(temperature).not.toHaveValue('1.5')
  await expect(page.getByRole('status').filter({ hasText: 'One setting of this folder does not hold while the folder is restricted.' })).toContainText('chat.temperature')

  await restricted(page).focus()
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: /^Trust / })
  const list = dialog.getByRole('list', { name: 'What the folder would run' })
  await expect(list.getByRole('listitem').first()).toContainText('3 invisible characters')
  await expect(list).toContainText('a task that would start when the folder opens')
  await expect(list).toContainText('.cortex/settings.jsonc')
  await expect(dialog.getByRole('button', { name: 'Keep restricted' })).toBeFocused()
  expect(await findViolations(page, '[role=dialog], dialog')).toEqual([])
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await expect(restricted(page)).toBeFocused()

  await page.keyboard.press('Enter')
  await tabTo(page, dialog.getByRole('button', { name: 'Trust this folder' }))
  await page.keyboard.press('Enter')
  await expect(restricted(page)).toBeHidden()
  await expect(temperature).toHaveValue('1.5')
  await expect(page.getByText('does not hold while the folder is restricted')).toBeHidden()

  await runFromPalette(page, 'Restrict this folder again')
  await expect(restricted(page)).toBeVisible()
  await expect(temperature).not.toHaveValue('1.5')
  await expect(row(page, 'editor.tabSize').getByRole('spinbutton')).toHaveValue('7')
})

test('invisible characters are named in the question, in an attachment and in the editor', async ({ page }) => {
  const folder = makeFolder({ 'notes.md': `Plain words.${hidden}\n`, 'plain.md': 'Ça va, 👩‍👩‍👧? می‌خواهم\n' })
  await start(page, { folder })
  const note = (place: string): Locator => page.getByRole('note').filter({ hasText: place })
  await openByName(page, 'plain.md')
  await page.keyboard.press('Control+L')
  const question = page.getByRole('textbox', { name: 'Question' })
  await question.fill('What does this say?')
  await expect(page.getByRole('list', { name: 'Context' })).toContainText('plain.md')
  await expect(page.getByRole('note')).toHaveCount(0)
  await question.fill(`What does this say?${hidden}`)
  await expect(note('the question')).toContainText('3 invisible characters in the question')
  await openByName(page, 'notes.md')
  await expect(note('notes.md')).toContainText('3 invisible characters in notes.md', { timeout: 60_000 })
  expect(await shownText(page)).toContain('Plain words.')
  await expect(page.locator('.monaco-editor .unicode-highlight').first()).toBeVisible()
})

test('safe mode is said in words, and left by one button', async ({ page }) => {
  await start(page, { options: ['--safe-mode'] })
  const bar = page.getByRole('region', { name: 'Safe mode' })
  await expect(bar).toContainText('No model was loaded')
  await tabTo(page, bar.getByRole('button', { name: 'Start normally' }))
  await page.keyboard.press('Enter')
  await expect(bar).toBeHidden()
  await expect(page.getByRole('meter', { name: 'Context used by the next question' })).toBeVisible({ timeout: 60_000 })
})
