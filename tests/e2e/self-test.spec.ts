import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from '@playwright/test'
import type { SelfTestResult, SelfTestSummary } from '#shared/contract/self-test.ts'
import { verifyReport } from '../../main/features/self-test/signed-report.ts'
import { nodeOptions } from '../../tools/project.mjs'
import { runCommand, test } from '../support/app-test.ts'
import { findChromium } from '../support/find-chromium.ts'

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

  // What the test tried counts as nobody's wish, and is told from what the host asks for.
  const processes = window.getByRole('region', { name: 'Processes', exact: true })
  await expect(processes).toContainText(/Self-test: \d+ more connections that it tried from the host today were refused, as they should be/)
  await expect(processes.getByRole('row', { name: /^Host/ }).getByRole('cell').last()).toHaveText('0')
  await expect(processes.getByRole('row', { name: /^Database worker/ })).toBeVisible()
  const ledger = window.getByRole('region', { name: 'Ledger' })
  await expect(ledger).toContainText(/\d+ tries of the self-test are left out\./)
  await ledger.getByRole('button', { name: 'Show', exact: true }).click()
  await expect(ledger.getByRole('listbox', { name: 'Ledger' }).getByRole('option', { name: /Self-test/ }).first()).toBeVisible()

  await window.getByRole('button', { name: 'Save signed report' }).click()
  await window.getByRole('textbox', { name: 'File' }).fill(join(app.home, 'report.json'))
  await window.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(window.getByRole('region', { name: 'Notices' })).toContainText('Saved as')
  const verified = verifyReport(readFileSync(join(app.home, 'report.json'), 'utf8'), null)
  if (!verified.isGood) throw new Error(verified.reason)
  const { rows }: SelfTestResult = verified.report
  const weaker = rows.filter(row => row.verdict === 'weaker')
  console.log(`Self-test with a page: ${rows.filter(row => row.found === 'blocked').length} blocked, ${rows.filter(row => row.found === 'open').length} open, ${weaker.length} weaker than expected`)
  expect(weaker.filter(row => row.process === 'page' || row.process === 'host')).toEqual([])
  expect(rows.filter(row => row.process === 'page' && row.found === 'blocked').length).toBeGreaterThan(8)
})

const run = promisify(execFile)
const cortex = async (home: string, browser: string, ...words: string[]): Promise<{ code: number; out: string; errors: string }> => {
  const environment = { ...process.env, CORTEX_HOME: home, CORTEX_KEYCHAIN: 'off', CORTEX_CHROMIUM: browser }
  const program = join(import.meta.dirname, '..', '..', process.env['CORTEX_OUT'] ?? 'out', 'main', 'cli.js')
  return await run(process.execPath, [...nodeOptions, program, ...words], { env: environment, timeout: 120_000 }).then(
    ({ stdout, stderr }) => ({ code: 0, out: stdout, errors: stderr }),
    (error: { code: number; stdout: string; stderr: string }) => ({ code: error.code, out: error.stdout, errors: error.stderr }),
  )
}

test('the doctor opens a page by itself and tries its ways out, with and without a running host', async ({ app }) => {
  test.setTimeout(180_000)
  const browser = findChromium()
  test.skip(browser === null, 'no Chromium in the path')
  const ownHome = realpathSync(mkdtempSync(join(tmpdir(), 'cortex-doctor-')))
  const left = (): string[] => readdirSync(tmpdir()).filter(name => name.startsWith('cortex-page-'))
  const before = left()
  for (const home of [app.home, ownHome]) {
    const { code, out, errors } = await cortex(home, browser ?? '', 'doctor', '--egress', '--page', '--json')
    expect(errors).toBe('')
    const { result, summary } = JSON.parse(out) as { result: SelfTestResult; summary: SelfTestSummary }
    const page = result.rows.filter(row => row.process === 'page' && row.vector !== 'navigation')
    expect(page.filter(row => row.found === 'not-run')).toEqual([])
    expect(page.filter(row => row.found === 'blocked').length).toBeGreaterThan(8)
    expect(page.filter(row => row.verdict === 'weaker')).toEqual([])
    expect(code).toBe(summary.weaker === 0 ? 0 : 1)
  }
  expect(left()).toEqual(before)
  rmSync(ownHome, { recursive: true, force: true })
})
