import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, type Locator, type Page } from '@playwright/test'
import { runCommand, test } from '../support/app-test.ts'
import { findViolations } from '../support/find-violations.ts'
import { startApp, type RunningApp } from '../support/start-app.ts'

const list = (page: Page): Locator => page.getByRole('listbox', { name: 'Entries of the audit log, newest first' })

/** Some hundred entries as they come about: accepted suggestions, code out of answers, settings. */
async function fill(app: RunningApp, count: number): Promise<void> {
  const headers = { authorization: `Bearer ${app.token}`, 'content-type': 'application/json' }
  const post = (path: string, body: object): Promise<Response> => fetch(`http://127.0.0.1:${app.port}/api/v1/${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  for (let index = 0; index < count; index++) await post('audit/recordInsertion', { source: index % 3 ? 'completion' : 'chat', path: `src/part-${index % 17}/file-${index}.ts`, lines: 1 + (index % 9), characters: 20 + index })
}

async function openLog(page: Page): Promise<void> {
  await runCommand(page, 'Open the audit log')
  await expect(list(page).getByRole('option').first()).toBeVisible()
}

test('the log is read, filtered, verified and exported by keyboard, and axe finds nothing, dark and light', async ({ window: page, app }) => {
  test.setTimeout(120_000)
  await fill(app, 300)
  await openLog(page)
  await expect(page.getByText(/intact/).first()).toBeVisible({ timeout: 15_000 })
  await list(page).focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('PageDown')
  await expect(list(page).getByRole('option', { selected: true })).toBeVisible()
  await expect(page.getByRole('region', { name: 'The entry chosen' })).toContainText('Characters')
  const pictures = process.env['CORTEX_PICTURES']
  for (const theme of ['light', 'dark'] as const) {
    await runCommand(page, `Use the ${theme} theme`)
    await expect(page.locator('html')).toHaveAttribute('data-theme', theme)
    expect(await findViolations(page)).toEqual([])
    for (const [width, height] of [[1440, 900], [1024, 640]] as const) {
      if (!pictures) continue
      await page.setViewportSize({ width, height })
      await page.waitForTimeout(300)
      await page.screenshot({ path: join(pictures, `audit-${theme}-${width}.png`) })
    }
  }
  await list(page).focus()
  await page.keyboard.press('End')
  await expect(list(page)).toHaveAttribute('aria-activedescendant', /./)

  await page.getByRole('textbox', { name: 'Filter the audit log' }).fill('part-3/file-3.ts')
  await expect(list(page).getByRole('option')).toHaveCount(1)
  await expect(list(page)).toContainText('File write')
  await page.getByRole('textbox', { name: 'Filter the audit log' }).fill('no such thing')
  await page.getByRole('button', { name: 'Show all entries' }).click()
  await expect(list(page).getByRole('option').nth(10)).toBeVisible()

  await page.getByRole('button', { name: 'Verify' }).focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('status').filter({ hasText: 'intact' }).first()).toBeVisible()

  await page.getByRole('button', { name: /^Export/ }).focus()
  await page.keyboard.press('Enter')
  const path = join(app.home, 'audit-export.jsonl')
  expect(existsSync(path)).toBe(false)
  await page.keyboard.type(path)
  await page.keyboard.press('Enter')
  await expect.poll(() => (existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n').length : 0)).toBeGreaterThan(300)
  expect(path.startsWith(tmpdir())).toBe(true)
})

test('a database that was edited with its own key is named on the page, by entry', async ({ page, app }) => {
  await fill(app, 20)
  await app.stop()
  execFileSync(process.execPath, [join(import.meta.dirname, '../support/edit-audit-script.ts'), app.home, '12'], { env: { ...process.env, CORTEX_KEYCHAIN: 'off' } })
  const again = await startApp({ folder: app.folder, home: app.home })
  try {
    await page.goto(again.url)
    await page.getByRole('contentinfo').waitFor()
    await openLog(page)
    await expect(page.getByText(/entry 12\b/i).first()).toBeVisible({ timeout: 15_000 })
    expect(await findViolations(page)).toEqual([])
  } finally {
    await again.stop()
  }
})
