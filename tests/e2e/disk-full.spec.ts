import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { startApp, type RunningApp } from '../support/start-app.ts'
import { openByName, openWindow, tab, untilKept } from '../support/window.ts'

const canLimit = spawnSync('prlimit', ['--version']).status === 0
const path = 'src/track/smooth.ts'
let app: RunningApp
test.beforeEach(async () => {
  app = await startApp()
})
test.afterEach(async () => await app.dispose())

/** What the host may write into one file, as a disk with so much space left would have it. */
function leaveSpace(bytes: string): void {
  execFileSync('prlimit', ['--pid', String(app.pid), `--fsize=${bytes}:unlimited`])
}

test('P3: a full disk is said, the file and what was typed stay whole, and saving works once there is space', async ({ page }) => {
  test.skip(!canLimit, 'prlimit is missing on this system')
  await openWindow(page, app)
  await openByName(page, 'smooth.ts')
  const file = join(app.folder ?? '', path)
  const before = readFileSync(file, 'utf8')
  await page.keyboard.type('// typed on a full disk\n')
  await expect(tab(page, 'smooth.ts, not saved')).toBeVisible()
  await untilKept(app, '// typed on a full disk')
  leaveSpace('64')
  await page.keyboard.press('Control+S')
  await expect(page.getByText('The disk is full').first()).toBeVisible()
  await expect(tab(page, 'smooth.ts, not saved')).toBeVisible()
  expect(readFileSync(file, 'utf8')).toBe(before)
  leaveSpace('unlimited')
  await page.locator('.monaco-editor').first().click()
  await page.keyboard.press('Control+S')
  await expect(tab(page, 'smooth.ts, not saved')).toHaveCount(0)
  expect(readFileSync(file, 'utf8')).toContain('// typed on a full disk')
})
