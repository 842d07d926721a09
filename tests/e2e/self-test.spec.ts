import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '@playwright/test'
import type { SelfTestResult } from '#shared/contract/self-test.ts'
import { verifyReport } from '../../main/features/self-test/signed-report.ts'
import { runCommand, test } from '../support/app-test.ts'

test('the self-test tries the page too, shows what it found, and its signed report is checked without a profile', async ({ window, app }) => {
  test.setTimeout(120_000)
  await runCommand(window, 'Open privacy')
  await window.getByRole('button', { name: 'Run self-test' }).click()
  const dialog = window.getByRole('dialog', { name: 'Self-test' })
  await expect(dialog).toBeVisible({ timeout: 60_000 })
  await expect(dialog.getByRole('row').first()).toBeVisible()
  // One Escape, whatever has the focus: no tooltip may take it.
  await window.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await window.getByRole('button', { name: 'Show results' }).press('Enter')
  await expect(dialog).toBeVisible()
  await window.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await expect(window.getByRole('button', { name: 'Show results' })).toBeFocused()
  await expect(window.getByText(/ways out are blocked/).first()).toBeVisible()

  await window.getByRole('button', { name: 'Save signed report' }).click()
  await window.getByRole('textbox', { name: 'File' }).fill(join(app.home, 'report.json'))
  await window.getByRole('button', { name: 'Save', exact: true }).click()
  await expect.poll(() => readdirSync(app.home)).toContain('report.json')
  const verified = verifyReport(readFileSync(join(app.home, 'report.json'), 'utf8'), null)
  if (!verified.isGood) throw new Error(verified.reason)
  const { rows }: SelfTestResult = verified.report
  const weaker = rows.filter(row => row.verdict === 'weaker')
  console.log(`Self-test with a page: ${rows.filter(row => row.found === 'blocked').length} blocked, ${rows.filter(row => row.found === 'open').length} open, ${weaker.length} weaker than expected`)
  expect(weaker.filter(row => row.process === 'page' || row.process === 'host')).toEqual([])
  expect(rows.filter(row => row.process === 'page' && row.found === 'blocked').length).toBeGreaterThan(8)
})
